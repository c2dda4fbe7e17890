//! Names that an event does not carry itself: the start function of its goroutine, the name of its task.

use std::ops::ControlFlow;

use tracewell_index::Names as GoroutineNames;
use tracewell_order::{Event, Flow, GoState, Kind, Reader, Sink, StackId, Stage, Sym, Symbols};
use tracewell_source::{Result, SeededMap, SeededSet};

/// Who knows them. Numbers of `Sym`s are those of the symbols that hold the texts, and stay.
pub trait NameSource {
    fn goroutine(&self, g: i64) -> Sym;
    fn task(&self, task: u64) -> Sym;
    fn text(&self, name: Sym) -> &str;
}

/// Names as a whole trace tells them; the last one counts where several are told.
#[derive(Default)]
pub struct Names {
    pub goroutines: GoroutineNames,
    pub tasks: SeededMap<u64, Sym>,
    /// Of tasks that have one.
    pub parents: SeededMap<u64, i64>,
    pub symbols: Symbols,
}

impl NameSource for Names {
    fn goroutine(&self, g: i64) -> Sym {
        if g < 0 { Sym::EMPTY } else { self.goroutines.get(g) }
    }
    fn task(&self, task: u64) -> Sym {
        self.tasks.get(&task).copied().unwrap_or(Sym::EMPTY)
    }
    fn text(&self, name: Sym) -> &str {
        self.symbols.text(name)
    }
}

impl Names {
    /// Start functions that occur.
    pub fn functions(&self) -> SeededSet<Sym> {
        self.goroutines.names().collect()
    }

    /// The names of the trace at `start`. Errors: those of `Reader`. Cost: one pass; memory by goroutines and tasks.
    pub fn read(bytes: &[u8], start: u64) -> Result<Names> {
        let mut collect = NameCollector::default();
        let mut reader = Reader::new(bytes, start)?;
        reader.run(&mut collect)?;
        Ok(Names { symbols: reader.into_symbols(), ..collect.names })
    }
}

/// Collects names from a pass over events.
#[derive(Default)]
pub struct NameCollector {
    pub names: Names,
    generation: Option<u32>,
    bottoms: SeededMap<StackId, Sym>,
}

impl NameCollector {
    /// A goroutine is called after the bottom function of the first stack of its own that is seen.
    pub fn add(&mut self, e: &Event, stage: &mut Stage<'_>) {
        match e.kind {
            Kind::GoTransition { g, from, own_stack, .. }
                if own_stack != 0
                    && (from == GoState::NotExist || self.names.goroutines.get(g) == Sym::EMPTY) =>
            {
                let name = self.bottom(own_stack, stage);
                if name != Sym::EMPTY {
                    self.names.goroutines.set(g, name);
                }
            }
            Kind::TaskBegin { task, name, parent, .. } | Kind::TaskEnd { task, name, parent, .. } => {
                if name != Sym::EMPTY {
                    self.names.tasks.insert(task, name);
                }
                if parent >= 0 {
                    self.names.parents.insert(task, parent);
                }
            }
            _ => {}
        }
    }

    fn bottom(&mut self, id: StackId, stage: &mut Stage<'_>) -> Sym {
        if self.generation != Some(stage.generation) {
            self.generation = Some(stage.generation);
            self.bottoms.clear();
        }
        *self.bottoms.entry(id).or_insert_with(|| {
            let frames = stage.tables.stack(stage.bytes, id);
            let func = frames.last().map_or(0, |f| f.func);
            let name = stage.tables.string(stage.bytes, func).unwrap_or_default();
            stage.symbols.intern(&String::from_utf8_lossy(name))
        })
    }
}

impl Sink for NameCollector {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.add(e, stage);
        ControlFlow::Continue(())
    }
}
