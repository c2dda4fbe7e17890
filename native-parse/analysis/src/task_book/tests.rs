use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// What each task is, kept in maps.
#[derive(Default, Debug, PartialEq)]
struct Plain {
    name: Sym,
    start: Option<i64>,
    end: Option<i64>,
    parent: Option<u64>,
    children: Vec<u64>,
    goroutines: BTreeSet<i64>,
    regions: u64,
    logs: Vec<LogLine>,
}

/// Tells the same to both.
struct Both {
    teller: Teller,
    plain: BTreeMap<u64, Plain>,
}

impl Both {
    fn new(folder: Option<&Path>) -> Both {
        Both { teller: Teller::new(folder), plain: BTreeMap::new() }
    }

    fn region(&mut self, task: u64, g: i64) {
        self.teller.region(task, g);
        let of = self.plain.entry(task).or_default();
        of.goroutines.insert(g);
        of.regions += 1;
    }
    fn log(&mut self, task: u64, line: LogLine) {
        self.teller.log(task, line.clone());
        let of = self.plain.entry(task).or_default();
        of.goroutines.insert(line.g);
        of.logs.push(line);
    }
    fn turn(&mut self, task: u64, turn: Turn, begins: bool) {
        let of = self.plain.entry(task).or_default();
        of.goroutines.insert(turn.g);
        of.name = if turn.name == Sym::EMPTY { of.name } else { turn.name };
        match begins {
            true => of.start = Some(turn.time),
            false => of.end = Some(turn.time),
        }
        if turn.parent >= 0 && of.parent.is_none() {
            of.parent = Some(turn.parent as u64);
            self.plain.entry(turn.parent as u64).or_default().children.push(task);
        }
        match begins {
            true => self.teller.begin(task, turn),
            false => self.teller.end(task, turn),
        }
    }

    fn finish(self) -> (Tasks, BTreeMap<u64, Plain>) {
        (self.teller.finish(|_| true), self.plain)
    }
}

fn check(tasks: &Tasks, plain: &BTreeMap<u64, Plain>) {
    assert_eq!(tasks.iter().map(|t| t.id).collect::<Vec<_>>(), plain.keys().copied().collect::<Vec<_>>());
    for (id, want) in plain {
        let t = tasks.task(*id).unwrap();
        let (children, goroutines) = (tasks.children(&t).collect::<Vec<_>>(), tasks.goroutines(&t));
        let counts = [children.len(), goroutines.len(), tasks.logs(&t).count()];
        assert_eq!([t.children, t.goroutines, t.logs].map(|n| n as usize), counts, "{id}");
        let goroutines: BTreeSet<i64> = goroutines.into_iter().collect();
        let (name, start, end, parent, regions) = (t.name, t.start, t.end, t.parent, t.regions);
        let logs = tasks.logs(&t).collect();
        assert_eq!(&Plain { name, start, end, parent, children, goroutines, regions, logs }, want, "{id}");
    }
}

fn turn(g: i64, time: i64, name: u32, parent: i64) -> Turn {
    Turn { g, time, name: Sym(name), parent }
}

#[test]
fn tasks_are_as_they_were_told_whatever_that_was() {
    let folder = tempfile::tempdir().unwrap();
    for (folder, count) in [(None, 5_000), (Some(folder.path()), 5_000), (Some(folder.path()), 400_000)] {
        let mut both = Both::new(folder);
        let mut seed = 11u64;
        let mut any = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        for time in 0..count {
            // Few ids, so that many begin and end again, have two parents, or are their own; and some that are seldom.
            let task = if any(3) == 0 { any(u64::MAX) } else { any(40) };
            let g = any(200) as i64 - 1;
            let parent = if any(3) == 0 { -1 } else { any(45) as i64 };
            match any(5) {
                0 => both.region(task, g),
                1 => {
                    let message = "é".repeat(any(9) as usize);
                    both.log(task, LogLine { time, g, category: Sym(any(9) as u32), message });
                }
                2 => both.turn(task, turn(g, time, any(2) as u32, parent), false),
                _ => both.turn(task, turn(g, time, any(3) as u32, parent), true),
            }
        }
        let (tasks, plain) = both.finish();
        check(&tasks, &plain);
        assert_eq!((tasks.get(tasks.len()), tasks.task(44_000)), (None, None));
    }
}

#[test]
fn none_and_extreme_ones() {
    let (tasks, plain) = Both::new(None).finish();
    check(&tasks, &plain);
    assert!(tasks.is_empty());
    let mut both = Both::new(None);
    for task in [u64::MAX, 0, 1 << 63, i64::MAX as u64] {
        both.turn(task, turn(i64::MIN, i64::MIN, u32::MAX, i64::MAX), true);
        both.turn(task, turn(i64::MAX, i64::MAX, 0, 0), false);
    }
    let (tasks, plain) = both.finish();
    check(&tasks, &plain);
}

#[test]
fn a_range_has_some_of_them() {
    let mut both = Both::new(None);
    (0..9).for_each(|id| both.turn(id, turn(1, id as i64, 1, -1), true));
    let (tasks, _) = both.finish();
    let some = tasks.filtered(|t| t.id % 2 == 1);
    assert_eq!(some.iter().map(|t| t.id).collect::<Vec<_>>(), [1, 3, 5, 7]);
    assert_eq!((some.find(5), some.find(6), some.get(4)), (Some(2), None, None));
}
