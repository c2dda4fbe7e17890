//! Which goroutines, and which parts of their lives, a profile is of: one start function, one user region, one task.

use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym};
use tracewell_source::{Code, Result, SeededMap, SeededSet, TraceError};

use crate::lives::{Life, Lives};
use crate::run;
use crate::stacks::StackIx;

/// Asked for by name; None: all.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ask {
    pub function: Option<String>,
    pub region: Option<String>,
}

/// What a first pass finds out: names are told late, and a region may have begun before the trace.
#[derive(Default)]
pub struct Scope {
    goroutines: Option<SeededSet<i64>>,
    region: Option<RegionScope>,
    /// Half-open; None: whenever.
    during: Option<(i64, i64)>,
    now: i64,
}

/// Which user regions count.
pub enum Regions {
    Named(String),
    /// Of these tasks.
    Of(SeededSet<u64>),
}

impl Regions {
    fn hold(&self, task: u64, name: &str) -> bool {
        match self {
            Regions::Named(n) => n == name,
            Regions::Of(tasks) => tasks.contains(&task),
        }
    }
}

struct RegionScope {
    regions: Regions,
    found: bool,
    /// Such regions that are open in each goroutine.
    depth: SeededMap<i64, u32>,
    /// Until when a goroutine was in a region that began before the trace.
    older_until: SeededMap<i64, i64>,
}

impl RegionScope {
    fn new(regions: Regions, found: bool, older_until: SeededMap<i64, i64>) -> RegionScope {
        RegionScope { regions, found, depth: SeededMap::default(), older_until }
    }

    fn event(&mut self, e: &Event, stage: &Stage<'_>) {
        match e.kind {
            Kind::RegionBegin { task, name, .. } if self.regions.hold(task, stage.symbols.text(name)) => {
                self.found = true;
                *self.depth.entry(e.g).or_default() += 1;
            }
            Kind::RegionEnd { task, name, .. } if self.regions.hold(task, stage.symbols.text(name)) => {
                self.found = true;
                match self.depth.get_mut(&e.g) {
                    Some(n) if *n > 1 => *n -= 1,
                    Some(_) => {
                        self.depth.remove(&e.g);
                    }
                    None => {
                        self.older_until.insert(e.g, e.time);
                    }
                }
            }
            Kind::GoTransition { g, to: GoState::NotExist, .. } => {
                self.depth.remove(&g);
            }
            _ => {}
        }
    }
}

impl Scope {
    /// Finds what was asked for. Errors: RANGE when no goroutine, or no region, has the name. Cost: one pass; none when
    /// all is asked for.
    pub fn find(bytes: &[u8], start: u64, ask: &Ask) -> Result<Scope> {
        if ask.function.is_none() && ask.region.is_none() {
            return Ok(Scope::default());
        }
        let mut find = Find {
            function: ask.function.clone(),
            is_function: SeededMap::default(),
            goroutines: SeededSet::default(),
            region: ask
                .region
                .clone()
                .map(|name| RegionScope::new(Regions::Named(name), false, SeededMap::default())),
        };
        run::lives(bytes, start, &mut find)?;
        if let Some(f) = &ask.function
            && find.goroutines.is_empty()
        {
            return Err(none(format!("No goroutine of the trace starts with {f}")));
        }
        let region = find.region.map(|r| RegionScope { depth: SeededMap::default(), ..r });
        if let Some(r) = &region
            && !r.found
        {
            return Err(none(format!(
                "The trace holds no region {}",
                ask.region.as_deref().unwrap_or_default()
            )));
        }
        let goroutines = ask.function.is_some().then_some(find.goroutines);
        Ok(Scope { goroutines, region, during: None, now: 0 })
    }

    /// Of goroutines, and of regions; with them goroutines in such a region from before the trace, and until when.
    pub fn of(
        goroutines: Option<SeededSet<i64>>,
        region: Option<(Regions, SeededMap<i64, i64>)>,
        during: Option<(i64, i64)>,
    ) -> Scope {
        let region = region.map(|(regions, older)| RegionScope::new(regions, true, older));
        Scope { goroutines, region, during, now: 0 }
    }

    /// Each event of the second pass, before it is judged.
    pub fn event(&mut self, e: &Event, stage: &Stage<'_>) {
        self.now = e.time;
        if let Some(r) = &mut self.region {
            r.event(e, stage);
        }
    }

    /// Whether what a goroutine begins now is asked for. A region's borders lie where its goroutine runs, so a wait is
    /// inside as a whole or not at all.
    pub fn holds(&self, g: i64) -> bool {
        self.during.is_none_or(|(from, to)| from <= self.now && self.now < to)
            && self.goroutines.as_ref().is_none_or(|s| s.contains(&g))
            && self.region.as_ref().is_none_or(|r| {
                r.depth.contains_key(&g) || r.older_until.get(&g).is_some_and(|t| self.now < *t)
            })
    }
}

fn none(what: String) -> TraceError {
    TraceError::new(Code::Range, format!("{what}; `tracewell goroutines --groups` and `regions` list names"))
}

struct Find {
    function: Option<String>,
    is_function: SeededMap<Sym, bool>,
    goroutines: SeededSet<i64>,
    region: Option<RegionScope>,
}

impl Lives for Find {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        if let Some(r) = &mut self.region {
            r.event(e, stage);
        }
    }
    fn keep_stack(
        &mut self,
        life: &Life,
        _state: GoState,
        _reason: Sym,
        _id: StackId,
        s: &mut Stage<'_>,
    ) -> StackIx {
        if let Some(f) = &self.function
            && *self.is_function.entry(life.name).or_insert_with(|| s.symbols.text(life.name) == f)
        {
            self.goroutines.insert(life.g);
        }
        StackIx::default()
    }
}
