//! Passes that several questions wait for: made once, on a thread of their own, kept while there is room for them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracewell_source::{Code, Result, TraceError};

use crate::desk::pass::State;

/// How often those who wait look whether they still want to.
const LOOK: Duration = Duration::from_millis(40);

/// Passes that run at a time; the others wait, first come first served.
const RUNNING: usize = 2;

pub(crate) fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One question as it waits: it may be given up, and is told how far the pass is.
pub struct Call<'a> {
    pub stop: &'a AtomicBool,
    pub progress: &'a (dyn Fn(f64) + 'a),
}

impl Call<'_> {
    /// Errors: CANCELLED once the question was given up.
    pub fn check(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(TraceError::cancelled()) } else { Ok(()) }
    }
}

/// Turns at running, for all passes over one trace.
#[derive(Default)]
pub struct Turns {
    running: Mutex<usize>,
    free: Condvar,
}

impl Turns {
    fn take(&self, state: &State) -> bool {
        let mut n = lock(&self.running);
        while *n >= RUNNING {
            if state.stop.load(Ordering::Relaxed) {
                return false;
            }
            n = self.free.wait_timeout(n, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        *n += 1;
        true
    }
    fn give(&self) {
        *lock(&self.running) -= 1;
        self.free.notify_one();
    }
}

struct Slot<T> {
    state: State,
    done: Mutex<Option<Result<Arc<T>>>>,
    ready: Condvar,
    waiting: Mutex<usize>,
}

struct Entry<T> {
    slot: Arc<Slot<T>>,
    used: u64,
    /// More than one waited for it.
    is_shared: bool,
}

struct Inner<K, T> {
    entries: HashMap<K, Entry<T>>,
    clock: u64,
}

/// Answers by what they are about.
pub struct Shared<K, T> {
    inner: Mutex<Inner<K, T>>,
    budget: usize,
    size: fn(&T) -> usize,
    /// What is kept whatever it takes.
    is_pinned: fn(&K) -> bool,
}

impl<K: Hash + Eq + Clone + Send + 'static, T: Send + Sync + 'static> Shared<K, T> {
    /// `budget`: bytes that are kept beyond the answer used last; `size`: bytes of an answer.
    pub fn new(budget: usize, size: fn(&T) -> usize) -> Shared<K, T> {
        Shared {
            inner: Mutex::new(Inner { entries: HashMap::new(), clock: 0 }),
            budget,
            size,
            is_pinned: |_| false,
        }
    }

    /// Keeps the answers about some keys, whatever they take.
    pub fn pinning(self, is_pinned: fn(&K) -> bool) -> Shared<K, T> {
        Shared { is_pinned, ..self }
    }

    /// The answer that is kept, if it is.
    pub fn ready(&self, key: &K) -> Option<Arc<T>> {
        let slot = lock(&self.inner).entries.get(key)?.slot.clone();
        let done = lock(&slot.done);
        done.as_ref()?.as_ref().ok().cloned()
    }

    /// The answer about `key`: kept, or made by `make` on a thread of its own and waited for. A pass ends when the last
    /// that waits for it gave up. Errors: CANCELLED, those of `make`.
    pub fn get(
        &self,
        key: &K,
        turns: &Arc<Turns>,
        call: &Call<'_>,
        make: impl FnOnce(&State) -> Result<T> + Send + 'static,
    ) -> Result<Arc<T>> {
        let (slot, is_new) = self.slot(key);
        if is_new {
            let (slot, turns) = (slot.clone(), turns.clone());
            let spawned =
                std::thread::Builder::new().name("pass".into()).spawn(move || slot.run(&turns, make));
            if let Err(e) = spawned {
                lock(&self.inner).entries.remove(key);
                return Err(TraceError::new(Code::Internal, format!("No thread could be started: {e}")));
            }
        }
        let answer = slot.wait(call);
        if answer.is_err() {
            // Failures are not kept: what was cancelled may be asked again.
            let mut inner = lock(&self.inner);
            let is_same = inner.entries.get(key).is_some_and(|e| Arc::ptr_eq(&e.slot, &slot));
            if is_same && (slot.state.stop.load(Ordering::Relaxed) || lock(&slot.done).is_some()) {
                inner.entries.remove(key);
            }
        } else {
            self.trim(key);
        }
        answer
    }

    fn slot(&self, key: &K) -> (Arc<Slot<T>>, bool) {
        let mut inner = lock(&self.inner);
        inner.clock += 1;
        let used = inner.clock;
        if let Some(e) = inner.entries.get_mut(key)
            && e.slot.join()
        {
            e.used = used;
            e.is_shared |= lock(&e.slot.done).is_none();
            return (e.slot.clone(), false);
        }
        let slot = Arc::new(Slot {
            state: State::default(),
            done: Mutex::new(None),
            ready: Condvar::new(),
            waiting: Mutex::new(1),
        });
        inner.entries.insert(key.clone(), Entry { slot: slot.clone(), used, is_shared: false });
        (slot, true)
    }

    /// Answers that are kept or being made.
    pub fn count(&self) -> usize {
        lock(&self.inner).entries.len()
    }

    /// Whether the answer is kept, or being made.
    pub fn knows(&self, key: &K) -> bool {
        lock(&self.inner).entries.contains_key(key)
    }

    /// Lets go of an answer that takes more than what is kept beyond the one used last, unless several waited for it.
    pub fn let_go_if_large(&self, key: &K) {
        let is_large = self.ready(key).is_some_and(|answer| (self.size)(&answer) > self.budget);
        let mut inner = lock(&self.inner);
        if is_large && inner.entries.get(key).is_some_and(|e| !e.is_shared) {
            inner.entries.remove(key);
        }
    }

    /// Lets go of what was used longest ago until the rest fits; never of `key`, nor of what is being made.
    fn trim(&self, key: &K) {
        let mut inner = lock(&self.inner);
        loop {
            let size = |e: &Entry<T>| {
                lock(&e.slot.done).as_ref().and_then(|d| d.as_ref().ok()).map(|t| (self.size)(t))
            };
            let sizes: Vec<(K, u64, usize)> = inner
                .entries
                .iter()
                .filter(|(k, _)| *k != key && !(self.is_pinned)(k))
                .filter_map(|(k, e)| Some((k.clone(), e.used, size(e)?)))
                .collect();
            if sizes.iter().map(|s| s.2).sum::<usize>() <= self.budget {
                return;
            }
            let Some(oldest) = sizes.iter().min_by_key(|s| s.1) else { return };
            inner.entries.remove(&oldest.0);
        }
    }
}

impl<T> Slot<T> {
    /// False: it was given up, a new one is needed.
    fn join(&self) -> bool {
        let mut n = lock(&self.waiting);
        if self.state.stop.load(Ordering::Relaxed) {
            return false;
        }
        *n += 1;
        true
    }

    fn leave(&self, gave_up: bool) {
        let mut n = lock(&self.waiting);
        *n -= 1;
        if gave_up && *n == 0 && lock(&self.done).is_none() {
            self.state.stop.store(true, Ordering::Relaxed);
        }
    }

    fn run(&self, turns: &Turns, make: impl FnOnce(&State) -> Result<T>) {
        let result = if turns.take(&self.state) {
            let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| make(&self.state)));
            turns.give();
            made.unwrap_or_else(|_| {
                Err(TraceError::new(
                    Code::Internal,
                    "Tracewell failed while it answered; please report it with the trace",
                ))
            })
        } else {
            Err(TraceError::cancelled())
        };
        *lock(&self.done) = Some(result.map(Arc::new));
        self.ready.notify_all();
    }

    fn wait(&self, call: &Call<'_>) -> Result<Arc<T>> {
        let mut told = 0.0;
        let mut done = lock(&self.done);
        loop {
            if let Some(result) = &*done {
                let result = result.clone();
                drop(done);
                self.leave(false);
                return result;
            }
            if let Err(e) = call.check() {
                drop(done);
                self.leave(true);
                return Err(e);
            }
            done = self.ready.wait_timeout(done, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            let now = self.state.done();
            if done.is_none() && now > told {
                told = now;
                (call.progress)(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn ask(
        shared: &Shared<u32, Vec<u8>>,
        turns: &Arc<Turns>,
        key: u32,
        made: &Arc<AtomicUsize>,
    ) -> Result<Arc<Vec<u8>>> {
        let stop = AtomicBool::new(false);
        let made = made.clone();
        shared.get(&key, turns, &Call { stop: &stop, progress: &|_| () }, move |_| {
            made.fetch_add(1, Ordering::Relaxed);
            Ok(vec![key as u8; 10])
        })
    }

    #[test]
    fn an_answer_is_made_once_and_kept_while_there_is_room() {
        let shared = Shared::new(25, |v: &Vec<u8>| v.len());
        let (turns, made) = (Arc::new(Turns::default()), Arc::new(AtomicUsize::new(0)));
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| assert_eq!(ask(&shared, &turns, 7, &made).unwrap()[..], [7; 10]));
            }
        });
        assert_eq!(made.load(Ordering::Relaxed), 1);
        for key in [8, 9, 7, 10] {
            ask(&shared, &turns, key, &made).unwrap();
        }
        // 8 was used longest ago when 10 came.
        assert!(shared.ready(&8).is_none() && shared.ready(&7).is_some() && shared.ready(&9).is_some());
        assert_eq!(made.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn what_is_larger_than_the_budget_may_be_let_go() {
        let shared = Shared::new(9, |v: &Vec<u8>| v.len());
        let (turns, made) = (Arc::new(Turns::default()), Arc::new(AtomicUsize::new(0)));
        ask(&shared, &turns, 7, &made).unwrap();
        shared.let_go_if_large(&8);
        assert!(shared.knows(&7));
        shared.let_go_if_large(&7);
        assert!(!shared.knows(&7));
        ask(&shared, &turns, 7, &made).unwrap();
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn what_several_waited_for_is_kept() {
        let shared: Shared<u32, Vec<u8>> = Shared::new(9, |v| v.len());
        let (turns, stop) = (Arc::new(Turns::default()), AtomicBool::new(false));
        let call = || Call { stop: &stop, progress: &|_| () };
        let second_waits = Arc::new(AtomicBool::new(false));
        let go = second_waits.clone();
        std::thread::scope(|s| {
            s.spawn(|| {
                let made = shared.get(&1, &turns, &call(), move |_| {
                    while !go.load(Ordering::Relaxed) {
                        std::thread::yield_now();
                    }
                    Ok(vec![0; 10])
                });
                assert!(made.is_ok());
            });
            while !shared.knows(&1) {
                std::thread::yield_now();
            }
            s.spawn(|| assert!(shared.get(&1, &turns, &call(), |_| Ok(vec![0; 10])).is_ok()));
            while !lock(&shared.inner).entries.get(&1).is_some_and(|e| e.is_shared) {
                std::thread::yield_now();
            }
            second_waits.store(true, Ordering::Relaxed);
        });
        shared.let_go_if_large(&1);
        assert!(shared.knows(&1));
    }

    #[test]
    fn a_pass_ends_when_nobody_waits_and_can_be_asked_again() {
        let shared: Shared<u32, Vec<u8>> = Shared::new(100, |v| v.len());
        let turns = Arc::new(Turns::default());
        let stop = AtomicBool::new(false);
        let call = Call { stop: &stop, progress: &|p| stop.store(p > 0.0, Ordering::Relaxed) };
        let ended = Arc::new(AtomicBool::new(false));
        let told = ended.clone();
        let answer = shared.get(&1, &turns, &call, move |state| {
            state.of.store(2, Ordering::Relaxed);
            state.at.store(1, Ordering::Relaxed);
            while !state.stop.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            told.store(true, Ordering::Relaxed);
            Err(TraceError::cancelled())
        });
        assert_eq!(answer.err().map(|e| e.code), Some(Code::Cancelled));
        let made = Arc::new(AtomicUsize::new(0));
        assert!(ask(&shared, &turns, 1, &made).is_ok());
        while !ended.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_failure_is_told_and_not_kept() {
        let shared: Shared<u32, Vec<u8>> = Shared::new(100, |v| v.len());
        let (turns, stop) = (Arc::new(Turns::default()), AtomicBool::new(false));
        let call = Call { stop: &stop, progress: &|_| () };
        let panics = shared.get(&1, &turns, &call, |_| panic!("on purpose"));
        assert_eq!(panics.err().map(|e| e.code), Some(Code::Internal));
        assert!(ask(&shared, &turns, 1, &Arc::default()).is_ok());
    }
}
