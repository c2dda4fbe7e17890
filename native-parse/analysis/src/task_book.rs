//! User tasks, kept small: what the trace tells of them is written down as it comes, put in order by task when all is told, and
//! read back for one task at a time. Of each task its figures are summed up once.

use std::path::Path;
use std::sync::Arc;

use tracewell_order::Sym;
use tracewell_source::{Numbers, Records, SeededMap, SeededSet, Sorter};

use crate::packed::{Reader, number, unsigned};

/// Goroutines of a task that are listed before double ones among them are looked for.
const MEMBERS: usize = 64;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Task {
    pub id: u64,
    pub name: Sym,
    pub start: Option<i64>,
    pub end: Option<i64>,
    pub parent: Option<u64>,
    /// How many of each it has.
    pub children: u64,
    pub goroutines: u64,
    pub regions: u64,
    pub logs: u64,
    /// Its facts: from where in their order, and how many.
    facts: (u64, u64),
}

#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    pub time: i64,
    pub g: i64,
    pub category: Sym,
    pub message: String,
}

/// Something that the trace tells of a task.
#[derive(Clone, Debug, PartialEq)]
enum Fact {
    Region { g: i64 },
    Child { id: u64 },
    Log(LogLine),
    Begin(Turn),
    End(Turn),
}

/// A task begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Turn {
    pub g: i64,
    pub time: i64,
    pub name: Sym,
    /// Negative: not known.
    pub parent: i64,
}

impl Fact {
    /// `has_child`: behind it its parent is told of the task.
    fn put(&self, has_child: bool, out: &mut Vec<u8>) {
        match self {
            Fact::Region { g } => {
                out.push(0);
                number(out, *g);
            }
            Fact::Child { id } => {
                out.push(1);
                unsigned(out, *id);
            }
            Fact::Log(l) => {
                out.push(2);
                [l.g, l.time, l.category.0.into()].iter().for_each(|v| number(out, *v));
                out.extend_from_slice(l.message.as_bytes());
            }
            Fact::Begin(t) | Fact::End(t) => {
                out.push(3 + u8::from(matches!(self, Fact::End(_))) + 2 * u8::from(has_child));
                [t.g, t.time, t.name.0.into(), t.parent].iter().for_each(|v| number(out, *v));
            }
        }
    }

    /// The fact, and whether its parent is told of the task behind it.
    fn get(bytes: &[u8]) -> Option<(Fact, bool)> {
        let (kind, bytes) = bytes.split_first()?;
        let mut r = Reader::new(bytes);
        let fact = match kind {
            0 => Fact::Region { g: r.number()? },
            1 => Fact::Child { id: r.unsigned()? },
            2 => {
                let (g, time, category) = (r.number()?, r.number()?, Sym(r.number()? as u32));
                Fact::Log(LogLine {
                    time,
                    g,
                    category,
                    message: String::from_utf8_lossy(r.rest()).into_owned(),
                })
            }
            _ => {
                let (g, time) = (r.number()?, r.number()?);
                let turn = Turn { g, time, name: Sym(r.number()? as u32), parent: r.number()? };
                if (kind - 3) % 2 == 0 { Fact::Begin(turn) } else { Fact::End(turn) }
            }
        };
        Some((fact, *kind >= 5))
    }
}

impl Task {
    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::Region { .. } => self.regions += 1,
            Fact::Child { .. } => self.children += 1,
            Fact::Log(_) => self.logs += 1,
            Fact::Begin(t) => {
                self.start = Some(t.time);
                self.turn(t);
            }
            Fact::End(t) => {
                self.end = Some(t.time);
                self.turn(t);
            }
        }
    }
    fn turn(&mut self, t: &Turn) {
        if t.name != Sym::EMPTY {
            self.name = t.name;
        }
        // The first that is told.
        self.parent = self.parent.or(u64::try_from(t.parent).ok());
    }

    fn put(&self, out: &mut Vec<u8>) {
        let has = [self.start.is_some(), self.end.is_some(), self.parent.is_some()];
        let (first, count) = self.facts;
        unsigned(out, self.id);
        unsigned(out, has.iter().rev().fold(0, |all, has| all << 1 | u64::from(*has)));
        for v in [self.name.0.into(), self.children, self.goroutines, self.regions, self.logs, first, count] {
            unsigned(out, v);
        }
        self.start.iter().chain(&self.end).for_each(|t| number(out, *t));
        self.parent.iter().for_each(|p| unsigned(out, *p));
    }

    fn get(bytes: &[u8]) -> Option<Task> {
        let mut r = Reader::new(bytes);
        let (id, has, name) = (r.unsigned()?, r.unsigned()?, Sym(r.unsigned()? as u32));
        let (children, goroutines, regions) = (r.unsigned()?, r.unsigned()?, r.unsigned()?);
        let (logs, facts) = (r.unsigned()?, (r.unsigned()?, r.unsigned()?));
        let start = if has & 1 != 0 { Some(r.number()?) } else { None };
        let end = if has & 2 != 0 { Some(r.number()?) } else { None };
        let parent = if has & 4 != 0 { Some(r.unsigned()?) } else { None };
        Some(Task { id, name, start, end, parent, children, goroutines, regions, logs, facts })
    }
}

/// Facts while the trace is read.
pub(crate) struct Teller {
    facts: Records,
    by_task: Sorter,
    /// Tasks that have begun, and whose parents were told of them.
    open: SeededSet<u64>,
    scratch: Vec<u8>,
}

impl Teller {
    /// `folder`: where a file may be for what is too much for memory.
    pub fn new(folder: Option<&Path>) -> Teller {
        let (open, scratch) = (SeededSet::default(), Vec::new());
        Teller { facts: Records::new(folder), by_task: Sorter::new(folder), open, scratch }
    }

    fn tell(&mut self, task: u64, fact: &Fact, has_child: bool) {
        // A place is four bytes: what comes behind all of them is left out.
        let Ok(place) = u32::try_from(self.facts.len()) else { return };
        self.scratch.clear();
        fact.put(has_child, &mut self.scratch);
        self.facts.push(&self.scratch);
        self.by_task.push((key(task), place));
    }

    /// A goroutine begins or ends a region of the task.
    pub fn region(&mut self, task: u64, g: i64) {
        self.tell(task, &Fact::Region { g }, false);
    }
    pub fn log(&mut self, task: u64, line: LogLine) {
        self.tell(task, &Fact::Log(line), false);
    }
    pub fn begin(&mut self, task: u64, turn: Turn) {
        let is_new = turn.parent >= 0 && self.open.insert(task);
        self.turn(task, Fact::Begin(turn), turn.parent, is_new);
    }
    pub fn end(&mut self, task: u64, turn: Turn) {
        let is_new = !self.open.remove(&task) && turn.parent >= 0;
        self.turn(task, Fact::End(turn), turn.parent, is_new);
    }
    fn turn(&mut self, task: u64, fact: Fact, parent: i64, is_new: bool) {
        self.tell(task, &fact, is_new);
        if is_new {
            self.tell(parent as u64, &Fact::Child { id: task }, false);
        }
    }

    /// All is told. Only tasks that `is_kept` says can be read. Cost: O(facts log facts).
    pub fn finish(mut self, is_kept: impl Fn(&Task) -> bool) -> Tasks {
        self.facts.settle();
        let folder = self.facts.scratch().folder();
        let (mut order, mut heads) = (Numbers::beside(self.facts.scratch()), Records::new(folder));
        let mut all = Heads::default();
        let mut now: Option<Task> = None;
        let mut put = |of: Option<Task>, all: &mut Heads| {
            if let Some(task) = of.map(|t| all.end(t)).filter(|t| is_kept(t)) {
                self.scratch.clear();
                task.put(&mut self.scratch);
                heads.push(&self.scratch);
            }
        };
        for (key, place) in self.by_task.finish() {
            let Some((fact, has_child)) = self.facts.get(place as usize).and_then(Fact::get) else {
                continue;
            };
            let id = key as u64 ^ SIGN;
            if now.is_some_and(|t| t.id != id) {
                put(now.take(), &mut all);
            }
            let task = now.get_or_insert(Task { id, facts: (order.len() as u64, 0), ..Task::default() });
            all.add(task, &fact, has_child, place);
            order.push(place);
        }
        put(now, &mut all);
        order.settle();
        heads.settle();
        let Heads { again, fewer, .. } = all;
        Tasks { book: Arc::new(Book { facts: self.facts, order, heads, again, fewer }), kept: None }
    }
}

/// A task as a number that is in the order of tasks.
fn key(task: u64) -> i64 {
    (task ^ SIGN) as i64
}
const SIGN: u64 = 1 << 63;

/// Sums up facts, task by task.
#[derive(Default)]
struct Heads {
    /// Goroutines of the task at hand, some twice.
    members: Vec<i64>,
    most: usize,
    was_told: bool,
    again: SeededSet<u32>,
    fewer: SeededMap<u64, u64>,
}

impl Heads {
    fn add(&mut self, task: &mut Task, fact: &Fact, has_child: bool, place: u32) {
        task.add(fact);
        task.facts.1 += 1;
        if let Some(g) = member(fact) {
            self.member(g);
        }
        // A child has one parent: of an id that comes again the later ones do not count.
        if has_child && std::mem::replace(&mut self.was_told, true) {
            self.again.insert(place + 1);
            if let Fact::Begin(t) | Fact::End(t) = fact {
                *self.fewer.entry(t.parent as u64).or_default() += 1;
            }
        }
    }

    fn member(&mut self, g: i64) {
        if self.members.last() == Some(&g) {
            return;
        }
        self.members.push(g);
        if self.members.len() > self.most.max(MEMBERS) {
            self.members.sort_unstable();
            self.members.dedup();
            self.most = self.members.len() * 2;
        }
    }

    fn end(&mut self, mut task: Task) -> Task {
        self.members.sort_unstable();
        self.members.dedup();
        task.goroutines = self.members.len() as u64;
        self.members.clear();
        (self.most, self.was_told) = (0, false);
        task
    }
}

fn member(fact: &Fact) -> Option<i64> {
    match fact {
        Fact::Region { g } | Fact::Log(LogLine { g, .. }) => Some(*g),
        Fact::Begin(t) | Fact::End(t) => Some(t.g),
        Fact::Child { .. } => None,
    }
}

/// What is known of all tasks.
struct Book {
    facts: Records,
    /// Places of facts by task, those of one as they came.
    order: Numbers,
    /// By id.
    heads: Records,
    /// Places of children that have another parent already, and how many there are of each parent. None, mostly.
    again: SeededSet<u32>,
    fewer: SeededMap<u64, u64>,
}

impl Book {
    fn get(&self, i: usize) -> Option<Task> {
        let mut task = Task::get(self.heads.get(i)?)?;
        task.children -= self.fewer.get(&task.id).copied().unwrap_or(0).min(task.children);
        Some(task)
    }
}

/// Tasks by id: all that are known, or those of a range.
pub struct Tasks {
    book: Arc<Book>,
    kept: Option<Numbers>,
}

impl Tasks {
    /// Those that pass. Cost: O(tasks).
    pub fn filtered(&self, is_kept: impl Fn(&Task) -> bool) -> Tasks {
        let mut kept = Numbers::beside(self.book.heads.scratch());
        for (i, task) in (0u32..).zip((0..self.book.heads.len()).map_while(|i| self.book.get(i))) {
            if is_kept(&task) {
                kept.push(i);
            }
        }
        kept.settle();
        Tasks { book: self.book.clone(), kept: Some(kept) }
    }

    pub fn len(&self) -> usize {
        self.kept.as_ref().map_or(self.book.heads.len(), Numbers::len)
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cost: O(1).
    pub fn get(&self, i: usize) -> Option<Task> {
        match &self.kept {
            Some(kept) => self.book.get(kept.get(i)? as usize),
            None => self.book.get(i),
        }
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = Task> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    /// Place of a task. Cost: O(log n).
    pub fn find(&self, id: u64) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle)?.id.cmp(&id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// A task by its id. Cost: O(log n).
    pub fn task(&self, id: u64) -> Option<Task> {
        self.find(id).and_then(|i| self.get(i))
    }

    fn facts(&self, task: &Task) -> impl Iterator<Item = (u32, Fact)> + '_ {
        let (first, count) = task.facts;
        let places = (first..first + count).map_while(|i| self.book.order.get(i as usize));
        places.filter_map(|place| Some((place, Fact::get(self.book.facts.get(place as usize)?)?.0)))
    }

    /// As they were told. Cost, of these three: O(what is told of the task).
    pub fn children(&self, task: &Task) -> impl Iterator<Item = u64> + '_ {
        self.facts(task).filter_map(|(place, fact)| match fact {
            Fact::Child { id } if !self.book.again.contains(&place) => Some(id),
            _ => None,
        })
    }
    pub fn logs(&self, task: &Task) -> impl Iterator<Item = LogLine> + '_ {
        self.facts(task).filter_map(|(_, fact)| if let Fact::Log(line) = fact { Some(line) } else { None })
    }
    /// By id, each once.
    pub fn goroutines(&self, task: &Task) -> Vec<i64> {
        let mut all: Vec<i64> = self.facts(task).filter_map(|(_, fact)| member(&fact)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Memory that it holds; of a range, what it does not share.
    pub fn size_bytes(&self) -> usize {
        match &self.kept {
            Some(kept) => kept.bytes(),
            None => self.book.facts.bytes() + self.book.order.bytes() + self.book.heads.bytes(),
        }
    }
}

#[cfg(test)]
mod tests;
