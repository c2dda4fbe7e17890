//! Regions of goroutines, as they nest, and tasks.

use tracewell_order::{Event, Kind, Sym};
use tracewell_source::SeededMap;

/// Regions open at once on one goroutine that are followed: more would nest deeper than any row shows.
const MAX_OPEN: usize = 64;

/// A region that ended. `before`: its begin was not seen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Region {
    pub g: i64,
    pub start: i64,
    pub end: i64,
    pub name: Sym,
    pub task: u64,
    /// How many were open around it, as far as was seen.
    pub depth: u8,
    pub before: bool,
}

struct Open {
    start: i64,
    name: Sym,
    task: u64,
}

#[derive(Default)]
pub(super) struct OpenRegions {
    open: SeededMap<i64, Vec<Open>>,
}

impl OpenRegions {
    pub fn event(&mut self, e: &Event, mut out: impl FnMut(Region)) {
        let g = e.g;
        match e.kind {
            Kind::RegionBegin { task, name, .. } => {
                let open = self.open.entry(g).or_default();
                if open.len() < MAX_OPEN {
                    open.push(Open { start: e.time, name, task });
                }
            }
            Kind::RegionEnd { task, name, .. } => {
                let open = self.open.get_mut(&g);
                let place =
                    open.as_ref().and_then(|v| v.iter().rposition(|o| o.name == name && o.task == task));
                let (start, depth, before) = match (open, place) {
                    (Some(v), Some(i)) => {
                        let start = v.remove(i).start;
                        if v.is_empty() {
                            self.open.remove(&g);
                        }
                        (start, i as u8, false)
                    }
                    _ => (i64::MIN, 0, true),
                };
                out(Region { g, start, end: e.time, name, task, depth, before });
            }
            _ => {}
        }
    }

    /// The goroutine ended, and with it what it had open.
    pub fn gone(&mut self, g: i64, at: i64, mut out: impl FnMut(Region)) {
        for (i, o) in self.open.remove(&g).into_iter().flatten().enumerate() {
            let Open { start, name, task } = o;
            out(Region { g, start, end: at, name, task, depth: i as u8, before: false });
        }
    }

    pub fn depth(&self, g: i64) -> usize {
        self.open.get(&g).map_or(0, Vec::len)
    }
}
