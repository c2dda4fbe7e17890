//! Where the app's pages ask: the figures of the verbs, from passes that are made once for each range and kept.
//!
//! `Desk` keeps what passes found (`fold`, everything; `life`, goroutines; `work`, one task) under a budget; the other
//! modules answer from it, one for each kind of page, in the shapes of `contract/answers.ts` and `tables.ts`. Nothing here
//! knows threads of its caller: any may ask at any time.

mod cells;
mod cuts;
mod diary;
mod digest;
mod distribution;
mod fold;
mod gc;
mod goroutine;
mod goroutines;
mod home;
mod kinds;
mod latency;
mod life;
mod moves;
mod order;
mod pass;
mod profiles;
mod regions;
mod row_view;
mod scan;
mod segment;
mod share;
mod spare;
mod spread;
mod stay_books;
mod sums;
mod tables;
mod tally;
mod tasks;
mod waits;
mod watch;
mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use serde_json::Value;
use tracewell_order::Symbols;
use tracewell_source::{Code, Result, SeededMap, SeededSet, Source, TraceError};

use crate::profile_scope::{Regions, Scope};
use crate::region_rows::Region;
use crate::stats::Clip;
use fold::Fold;
use kinds::Mask;
use pass::{Pass, Place};
use share::{Shared, Turns};
use waits::Waits;

pub use gc::MmuAsk;
pub use profiles::ProfileAsk;
pub use row_view::{Passes, RowView};
pub use share::Call;
pub use tables::{Sort, Table, TableAsk, Within};

/// Which goroutines and regions a profile is of; all None: the whole fold has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Filter {
    pub goroutine: Option<i64>,
    pub function: Option<String>,
    pub region: Option<String>,
    /// With its subtasks.
    pub task: Option<u64>,
}

type Range = (i64, i64);

pub struct Desk {
    source: Arc<Source>,
    start: u64,
    duration: AtomicI64,
    spacing: cuts::Spacing,
    sums: bool,
    folder: Option<PathBuf>,
    passes: Arc<AtomicUsize>,
    turns: Arc<Turns>,
    folds: Shared<Range, Fold>,
    waits: Shared<(Range, Filter), (Waits, Symbols)>,

    moves: Shared<(Range, String), (moves::Moves, Symbols)>,
    lives: Shared<life::LifeKey, Vec<Arc<life::Life>>>,
    stays: Shared<life::StaysKey, Vec<life::Stays>>,
    passes_of_lives: Arc<AtomicUsize>,
    /// By task and window.
    works: Shared<(u64, i64, i64), tasks::Work>,
    /// By range, function and measure.
    distributions: Shared<(Range, String, String), Value>,
    /// By range: the collector's reports.
    reports: Shared<Range, Value>,
    tables: tables::Tables,
}

/// Answers that are kept beside the one used last: some KB each; a report of the collector may be a MB.
const KEPT_ANSWERS: usize = 16;
const KEPT_REPORTS: usize = 1;

impl Desk {
    /// A desk for the trace whose header is at `start`; `budget`: bytes of folds that are kept beside those in use.
    pub fn new(source: Arc<Source>, start: u64, budget: usize) -> Desk {
        Desk {
            source,
            start,
            duration: AtomicI64::new(0),
            spacing: cuts::SPACING,
            sums: true,
            folder: None,
            passes: Arc::default(),
            turns: Arc::default(),
            // Ranges are told from the fold of the whole, and share most of it.
            folds: Shared::new(budget / 2, Fold::size_bytes).pinning(|key| *key == (i64::MIN, i64::MAX)),
            waits: Shared::new(budget / 4, |w| w.0.size_bytes()),

            moves: Shared::new(budget / 16, |m| m.0.size_bytes()),
            lives: Shared::new(budget / 8, |lives| lives.iter().map(|l| l.size_bytes()).sum()),
            stays: Shared::new(budget / 16, |parts| parts.iter().map(life::Stays::size_bytes).sum()),
            passes_of_lives: Arc::default(),
            works: Shared::new(budget / 8, tasks::Work::size_bytes),
            distributions: Shared::new(KEPT_ANSWERS, |_| 1),
            reports: Shared::new(KEPT_REPORTS, |_| 1),
            tables: tables::Tables::default(),
        }
    }

    /// How long the trace is, ns, once it is known: progress is told against it.
    pub fn set_duration(&self, nanos: i64) {
        self.duration.store(nanos, Ordering::Relaxed);
    }

    /// A reading of the trace, to be made on another thread.
    fn reading<T>(
        &self,
        make: impl FnOnce(&Pass<'_>) -> Result<T> + Send + 'static,
    ) -> impl FnOnce(&pass::State) -> Result<T> + Send + 'static {
        let (source, start, duration) =
            (self.source.clone(), self.start, self.duration.load(Ordering::Relaxed));
        move |state| make(&Pass::new(Place { source: &source, start, duration }, state))
    }

    /// A desk whose pass over the whole writes down borders at least so many bytes apart; u64::MAX: none.
    pub fn with_borders_every(self, bytes: u64) -> Desk {
        let spacing = cuts::Spacing { every: bytes, ..self.spacing };
        Desk { spacing, ..self }
    }

    /// A desk whose pass follows so many goroutines of each segment from their begin on.
    pub fn with_early(self, goroutines: usize) -> Desk {
        let spacing = cuts::Spacing { early: goroutines, ..self.spacing };
        Desk { spacing, ..self }
    }

    /// A desk that makes a pass over the whole for each function, type of regions and task.
    pub fn without_sums(self) -> Desk {
        Desk { sums: false, ..self }
    }

    /// A desk that may have a file in a folder, without a name, for what a pass over very many goroutines finds.
    pub fn with_folder(self, folder: Option<PathBuf>) -> Desk {
        Desk { folder, ..self }
    }

    /// Everything about a range. Cost: of the whole trace, one pass; of a part of it, a pass over the segments that its ends
    /// lie in, where the trace has borders; nothing while it is kept.
    fn fold(&self, clip: Clip, call: &Call<'_>) -> Result<Arc<Fold>> {
        let (key, spacing, folder) = ((clip.from, clip.to), self.spacing, self.folder.clone());
        if clip.is_all() {
            let make = self.reading(move |pass| fold::read(pass, clip, spacing, folder.as_deref()));
            return self.folds.get(&key, &self.turns, call, make);
        }
        if let Some(kept) = self.folds.ready(&key) {
            return Ok(kept);
        }
        let all = self.fold(Clip::ALL, call)?;
        let passes = self.passes.clone();
        let make = self.reading(move |pass| match window::read(pass, &all, clip)? {
            Some(fold) => Ok(fold),
            None => {
                passes.fetch_add(1, Ordering::Relaxed);
                fold::read(pass, clip, cuts::NO_BORDERS, folder.as_deref())
            }
        });
        self.folds.get(&key, &self.turns, call, make)
    }

    /// Whether a range is known, or soon will be, without a pass of its own.
    pub fn has(&self, clip: Clip) -> bool {
        self.folds.knows(&(clip.from, clip.to))
    }

    /// How often ranges took a pass over the whole trace because it has no borders that they could be read from.
    pub fn whole_passes(&self) -> usize {
        self.passes.load(Ordering::Relaxed)
    }

    /// How many passes over parts of goroutines or regions are kept.
    pub fn own_passes(&self) -> usize {
        self.waits.count() + self.moves.count()
    }

    /// How often one goroutine took a pass over its life.
    pub fn passes_of_lives(&self) -> usize {
        self.passes_of_lives.load(Ordering::Relaxed)
    }

    /// ns of the borders that the pass over the whole wrote down. Cost: that pass.
    pub fn border_times(&self, call: &Call<'_>) -> Result<Vec<i64>> {
        let all = self.fold(Clip::ALL, call)?;
        Ok(all.cuts.iter().flat_map(|c| &c.borders).map(|b| b.begin.from).collect())
    }

    /// Lets go of what a pass found for one question alone, if it is more than what is kept for later.
    pub fn let_go(&self, clip: Clip) {
        self.folds.let_go_if_large(&(clip.from, clip.to));
    }

    /// Who a question about a function is about, in the kinds of a range; None: that takes a pass. Errors: RANGE when there
    /// are none. Cost: as `fold`, then by functions.
    fn starting_with(&self, name: &str, fold: &Fold, call: &Call<'_>) -> Result<Option<Mask>> {
        let all = self.fold(Clip::ALL, call)?;
        if !self.sums || all.waits.kinds().is_mixed || fold.waits.kinds().is_mixed {
            return Ok(None);
        }
        let name_of = |g| Some(all.symbols.text(all.rows.find(g).and_then(|i| all.row(i))?.0.name));
        let whos = |of: &Fold| of.waits.kinds().starting_with(name, &of.symbols, name_of);
        // All functions are known to the whole.
        if !whos(&all).contains(&true) {
            return Err(no_function(name));
        }
        Ok(Some(whos(fold)))
    }

    /// Which kinds of stays a profile is of; None: that takes a pass. Errors and cost: as `starting_with`.
    fn classes(&self, filter: &Filter, fold: &Fold, call: &Call<'_>) -> Result<Option<Mask>> {
        if filter.goroutine.is_some() || filter.task.is_some() || !self.sums {
            return Ok(None);
        }
        let whos = match &filter.function {
            None => None,
            Some(name) => match self.starting_with(name, fold, call)? {
                Some(whos) => Some(whos),
                None => return Ok(None),
            },
        };
        if let Some(name) = &filter.region {
            let all = self.fold(Clip::ALL, call)?;
            // Who is in a region from before the trace is known when it ends.
            if !older_of_name(&all, name)?.is_empty() || all.waits.kinds().is_mixed {
                return Ok(None);
            }
        }
        let (kinds, region) = (fold.waits.kinds(), filter.region.as_deref());
        Ok((!kinds.is_mixed).then(|| kinds.classes(whos.as_ref(), region, &fold.symbols)))
    }

    /// Stays of some goroutines or regions. Cost: as `fold`, and that of the whole trace where names are asked for.
    fn some_waits(&self, clip: Clip, filter: &Filter, call: &Call<'_>) -> Result<Arc<(Waits, Symbols)>> {
        let key = ((clip.from, clip.to), filter.clone());
        if let Some(kept) = self.waits.ready(&key) {
            return Ok(kept);
        }
        let scope = self.scope(filter, call)?;
        let part = match (filter.goroutine, filter.task) {
            (Some(g), _) => self.fold(Clip::ALL, call)?.reading_of(g),
            (None, Some(task)) if self.sums => self.reading_of_task(task, call)?,
            _ => (None, i64::MAX),
        };
        let make = self.reading(move |pass| fold::waits(pass, clip, scope, part));
        self.waits.get(&key, &self.turns, call, make)
    }

    /// Those that a filter names; None: all. Errors: RANGE when there are none.
    fn goroutines_of(&self, filter: &Filter, call: &Call<'_>) -> Result<Option<SeededSet<i64>>> {
        let all = self.fold(Clip::ALL, call)?;
        let mut goroutines: Option<SeededSet<i64>> = None;
        if let Some(name) = &filter.function {
            let of = all.all_rows().filter(|(d, _)| all.symbols.text(d.name) == name).map(|(d, _)| d.g);
            let of: SeededSet<i64> = of.collect();
            if of.is_empty() {
                return Err(no_function(name));
            }
            goroutines = Some(of);
        }
        if let Some(g) = filter.goroutine {
            if all.rows.find(g).is_none() {
                return Err(no_goroutine(g));
            }
            goroutines = match goroutines {
                Some(of) => Some(of.into_iter().filter(|x| *x == g).collect()),
                None => Some([g].into_iter().collect()),
            };
        }
        Ok(goroutines)
    }

    fn scope(&self, filter: &Filter, call: &Call<'_>) -> Result<Scope> {
        let goroutines = self.goroutines_of(filter, call)?;
        let all = self.fold(Clip::ALL, call)?;
        if let Some(task) = filter.task {
            return Self::scope_of_task(&all, task);
        }
        let Some(name) = &filter.region else { return Ok(Scope::of(goroutines, None, None)) };
        let older = older_of_name(&all, name)?;
        Ok(Scope::of(goroutines, Some((Regions::Named(name.clone()), older)), None))
    }

    /// From where to where the regions of a task and of its subtasks are read; all where it has none.
    fn reading_of_task(&self, id: u64, call: &Call<'_>) -> Result<(Option<pass::Begin>, i64)> {
        let all = self.fold(Clip::ALL, call)?;
        let ids = tasks::with_subtasks(&all, id);
        let of = all.regions.iter().filter(|r| ids.contains(&r.task));
        let times = of.map(|r| (r.start.unwrap_or(i64::MIN), r.end.unwrap_or(i64::MAX)));
        let around = times.reduce(|(a, b), (from, to)| (a.min(from), b.max(to)));
        Ok(around.map_or((None, i64::MAX), |(from, to)| (pass::begin_at(&all.begins, from), to)))
    }

    /// What goroutines did in regions of a task and of its subtasks; where there are none, what those that the task names
    /// did while it lasted.
    fn scope_of_task(all: &Fold, id: u64) -> Result<Scope> {
        let task = all.tasks.task(id).ok_or_else(|| no_task(id))?;
        let ids = tasks::with_subtasks(all, id);
        if let Some(older) = older(all, |r| ids.contains(&r.task)) {
            return Ok(Scope::of(None, Some((Regions::Of(ids), older)), None));
        }
        let during = (task.start.unwrap_or(0), task.end.unwrap_or(i64::MAX));
        Ok(Scope::of(Some(all.tasks.goroutines(&task).into_iter().collect()), None, Some(during)))
    }
}

/// Goroutines that are in one of some regions from before the trace, and until when. None: there are no such regions.
fn older(all: &Fold, is_one: impl Fn(&Region) -> bool) -> Option<SeededMap<i64, i64>> {
    let mut older = None;
    for r in all.regions.iter().filter(is_one) {
        let older = older.get_or_insert_with(SeededMap::default);
        if r.start.is_none() {
            older.insert(r.g, r.end.unwrap_or(i64::MAX));
        }
    }
    older
}

/// Those of a name. Errors: RANGE when there are none.
fn older_of_name(all: &Fold, name: &str) -> Result<SeededMap<i64, i64>> {
    older(all, |r| all.symbols.text(r.name) == name)
        .ok_or_else(|| none(format!("The trace holds no region {name}")))
}

fn none(what: String) -> TraceError {
    TraceError::new(Code::Range, what)
}

fn no_task(id: u64) -> TraceError {
    none(format!("The trace holds no task {id}"))
}

fn no_function(name: &str) -> TraceError {
    none(format!("No goroutine of the trace starts with {name}"))
}

fn no_goroutine(g: i64) -> TraceError {
    none(format!("The trace holds no goroutine {g}"))
}
