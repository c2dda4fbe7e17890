//! What a generation that was read alone takes for granted of the one before, and whether it was so.
//!
//! A generation names every goroutine and processor before their first event, so it can be ordered from nothing. What it
//! then cannot know is written down as a claim: the status each was in, that a thread had no goroutine, and the like. When
//! the generation before was read, the claims are held against what it left. If all are true, the order is, event by
//! event, the one that reading in sequence gives; if one is not, the generation is read again in sequence.

use tracewell_source::SeededMap;
use tracewell_wire::events::ty;

use crate::goroutines::Goroutines;
use crate::state::{Gc, Goroutine, Proc, State, Thread, ps};
use crate::symbols::Sym;

/// What a thread had when the generation began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// Read in sequence: known.
    Known,
    /// Not felt yet.
    Open,
    /// A status said what it has now; what it had before made no difference.
    Any,
    None,
    Is(i64),
    /// It is this one, or the thread was never seen.
    IsOrNew(i64),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GcBefore {
    /// A collection runs; the number of the event that says so.
    Runs(u64),
    /// None runs, and one begins with this number.
    Begins(u64),
}

/// See the head of this file. Everything in order of first mention.
#[derive(Clone, Default, Debug)]
pub struct Claims {
    pub goroutines: Vec<(i64, u8)>,
    pub procs: Vec<(i64, u8)>,
    pub created: Vec<i64>,
    /// Whether a processor swept, a goroutine assisted.
    pub sweeps: Vec<(i64, bool)>,
    pub assists: Vec<(i64, bool)>,
    pub gc: Option<GcBefore>,
    /// Regions that ended without a begin: goroutine, task, name.
    pub region_ends: Vec<(i64, u64, Sym)>,
    pub task_begins: Vec<u64>,
    /// Tasks that ended without a begin.
    pub task_ends: Vec<u64>,
}

impl Thread {
    /// An event that needs to know what the thread has: nothing, if no status said otherwise.
    #[cold]
    pub fn feel(&mut self, event: u8) {
        if matches!(
            event,
            ty::GO_STATUS
                | ty::GO_STATUS_STACK
                | ty::PROC_STATUS
                | ty::GC_ACTIVE
                | ty::GC_SWEEP_ACTIVE
                | ty::GC_MARK_ASSIST_ACTIVE
        ) {
            return;
        }
        for before in [&mut self.g_before, &mut self.p_before] {
            if *before == Before::Open {
                *before = Before::None;
            }
        }
    }
}

fn thread_holds(before: Before, had: Option<i64>) -> bool {
    match before {
        Before::Known | Before::Open | Before::Any => true,
        Before::None => had.unwrap_or(-1) == -1,
        Before::Is(id) => had == Some(id),
        Before::IsOrNew(id) => had.is_none_or(|h| h == id),
    }
}

impl State {
    /// Takes over the state that a generation read alone ended with; `map` translates its texts. False: a claim is not
    /// true; nothing was changed. Cost: O(goroutines mentioned by a status).
    pub(crate) fn adopt(&mut self, mut alone: State, map: impl Fn(Sym) -> Sym) -> bool {
        let Some(claims) = alone.claims.take() else { return false };
        if !self.small_claims_hold(&alone, &claims, &map) {
            return false;
        }
        let Some((matched, created)) = self.match_goroutines(&claims) else { return false };
        if created && !self.goroutines.is_empty() {
            // Some were not mentioned: none of them may have been made anew.
            let twice = claims.created.iter().any(|g| self.goroutines.contains(*g));
            if twice {
                self.goroutines.extend(matched);
                return false;
            }
        }
        self.merge(alone, &claims, matched, map);
        true
    }

    /// Takes the goroutines that the claims name out of the table; None, and all back in it, when one is wrong.
    fn match_goroutines(&mut self, claims: &Claims) -> Option<(Vec<(i64, Goroutine)>, bool)> {
        let mut matched = Vec::new();
        let mut assists: SeededMap<i64, bool> = claims.assists.iter().copied().collect();
        for &(g, status) in &claims.goroutines {
            if let Some(s) = self.goroutines.remove(g) {
                let right = s.status == status && assists.remove(&g).is_none_or(|a| a == s.assisting);
                matched.push((g, s));
                if right {
                    continue;
                }
            }
            self.goroutines.extend(matched);
            return None;
        }
        if !assists.is_empty() {
            self.goroutines.extend(matched);
            return None;
        }
        Some((matched, !claims.created.is_empty()))
    }

    fn small_claims_hold(&self, alone: &State, claims: &Claims, map: &impl Fn(Sym) -> Sym) -> bool {
        let threads = alone.thread_ix.iter().all(|(m, &ix)| {
            let now = &alone.threads[ix as usize];
            let had = self.thread_ix.get(m).map(|ix| self.threads[*ix as usize]);
            thread_holds(now.g_before, had.map(|t| t.g)) && thread_holds(now.p_before, had.map(|t| t.p))
        });
        let procs = claims.procs.iter().all(|(p, status)| match self.procs.get(*p) {
            Some(s) if *status == ps::ABANDONED => {
                s.status == ps::SYSCALL && self.threads.iter().any(|t| t.p == *p)
            }
            Some(s) => s.status == *status,
            // A new processor; as rare as a change of GOMAXPROCS.
            None => false,
        });
        let sweeps =
            claims.sweeps.iter().all(|(p, was)| self.procs.get(*p).is_some_and(|s| s.sweeping == *was));
        let next = self.gc_seq.wrapping_add(1);
        let gc = match claims.gc {
            None => true,
            Some(GcBefore::Runs(n)) => self.gc == Gc::Running && n == next,
            Some(GcBefore::Begins(n)) => {
                self.gc == Gc::Undetermined || (self.gc == Gc::NotRunning && n == next)
            }
        };
        let worlds = self.stws.values().all(Vec::is_empty);
        let tasks = self.tasks.is_empty() || !claims.task_begins.iter().any(|t| self.tasks.contains_key(t));
        threads && procs && sweeps && gc && worlds && tasks && self.regions_end(claims, map)
    }

    fn regions_end(&self, claims: &Claims, map: &impl Fn(Sym) -> Sym) -> bool {
        let mut ended: SeededMap<i64, usize> = SeededMap::default();
        claims.region_ends.iter().all(|&(g, task, name)| {
            let n = ended.entry(g).or_default();
            *n += 1;
            let open = self.regions.get(&g).map_or(&[][..], |v| v);
            // An empty stack: the region began before the trace.
            open.len() < *n || open[open.len() - *n] == (task, map(name))
        })
    }

    fn merge(
        &mut self,
        alone: State,
        claims: &Claims,
        matched: Vec<(i64, Goroutine)>,
        map: impl Fn(Sym) -> Sym,
    ) {
        // Those that are new are numbered as they come.
        let mut threads: Vec<(&i64, &u32)> = alone.thread_ix.iter().collect();
        threads.sort_unstable_by_key(|(_, ix)| **ix);
        for (m, &ix) in threads {
            let now = alone.threads[ix as usize];
            let mine = self.thread(*m);
            let t = &mut self.threads[mine as usize];
            if now.g_before != Before::Open {
                t.g = now.g;
            }
            if now.p_before != Before::Open {
                t.p = now.p;
            }
        }
        for (p, now) in alone.procs.iter() {
            let mine = self.procs.or_insert_with(p, || Proc { sweeping: false, ..*now });
            let sweeping = if now.sweep_told { now.sweeping } else { mine.sweeping };
            *mine = Proc { sweeping, ..*now };
        }
        let left = std::mem::replace(&mut self.goroutines, alone.goroutines);
        for (g, was) in matched {
            if let Some(now) = (was.assisting || was.has_more).then(|| self.goroutines.get_mut(g)).flatten()
                && now.from_before
            {
                now.has_more |= was.has_more;
                if !now.assist_told {
                    now.assisting = was.assisting;
                }
            }
        }
        self.merge_annotations(claims, &left, alone.regions, alone.stws, &map);
        self.goroutines.extend(left.iter().map(|(g, s)| (g, *s)));
        for t in &claims.task_ends {
            self.tasks.remove(t);
        }
        self.tasks.extend(alone.tasks.into_iter().map(|(t, (name, parent))| (t, (map(name), parent))));
        if alone.gc != Gc::Undetermined {
            self.gc = alone.gc;
            self.gc_seq = alone.gc_seq;
        }
    }

    fn merge_annotations(
        &mut self,
        claims: &Claims,
        left: &Goroutines,
        regions: SeededMap<i64, Vec<(u64, Sym)>>,
        stws: SeededMap<i64, Vec<Sym>>,
        map: &impl Fn(Sym) -> Sym,
    ) {
        for (g, ..) in &claims.region_ends {
            if let Some(open) = self.regions.get_mut(g) {
                open.pop();
            }
        }
        let goroutines = &self.goroutines;
        self.regions.retain(|g, _| left.contains(*g) || goroutines.get(*g).is_some_and(|s| s.from_before));
        for (g, open) in regions {
            let open = open.into_iter().map(|(task, name)| (task, map(name)));
            self.regions.entry(g).or_default().extend(open);
        }
        self.stws = stws.into_iter().map(|(g, open)| (g, open.into_iter().map(map).collect())).collect();
    }
}
