//! Which rows a list has, and in which order: with millions of them, in files without a name.

use std::path::Path;

use tracewell_index::rows::Book;
use tracewell_source::{Numbers, SeededMap, Sorter};

use super::list::{Facts, RowFacts, RowOrder, RowQuestion, count, places_of};

/// Rows of a group, and where they stand.
pub(super) struct Group {
    pub name: String,
    pub from: usize,
    pub count: usize,
}

/// Rows in order.
#[derive(Default)]
pub(crate) struct Arranged {
    places: Numbers,
    /// In the order of the list; all rows are in one of them.
    parts: Vec<Part>,
}

/// Rows that stand together: in the list behind those of the parts before it, in `places` from `at` on.
struct Part {
    from: usize,
    at: usize,
    count: usize,
}

impl Arranged {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Places of rows from one of the list on.
    pub fn iter_from(&self, from: usize) -> impl Iterator<Item = u32> + '_ {
        let first = self.parts.partition_point(|p| p.from + p.count <= from);
        self.parts.iter().skip(first).flat_map(move |p| {
            let skip = from.saturating_sub(p.from);
            self.places.iter_from(p.at + skip).take(p.count.saturating_sub(skip))
        })
    }
}

/// What is known of the rows of a name.
#[derive(Clone, Copy)]
struct OfName<'b> {
    name: &'b str,
    count: usize,
    sum: i128,
    least: i64,
    /// Of the first of them, in order of the names' first rows.
    at: usize,
}

/// The chosen rows in order, and their groups. `folder`: as for `Scratch`. Cost: O(rows log rows), in memory some MB; 16 bytes a
/// row in a file on the way, 4 behind it.
pub(super) fn arrange(book: &Book, q: &RowQuestion<'_>, folder: Option<&Path>) -> (Arranged, Vec<Group>) {
    let by_name = q.group_by_name || q.sort == RowOrder::Name;
    let mut facts = Facts::new(book, q.by, q.filter.is_some());
    // By name, then by key; names by their first row, until it is known in which order they come.
    let mut sorter = Sorter::<(u32, i64)>::new(folder);
    let (mut names, mut number_of): (Vec<OfName<'_>>, SeededMap<u32, u32>) = Default::default();
    let mut see = |place: u32| {
        let Some(f) = facts.get(place).filter(|f| q.has(f)) else { return };
        let key = q.key(&f);
        let name = *number_of.entry(if by_name { f.name_id } else { 0 }).or_insert_with(|| {
            names.push(OfName { name: f.name, count: 0, sum: 0, least: i64::MAX, at: 0 });
            names.len() as u32 - 1
        });
        if let Some(of) = names.get_mut(name as usize) {
            (of.count, of.sum, of.least) = (of.count + 1, of.sum + i128::from(key), of.least.min(key));
        }
        sorter.push(((name, key), place));
    };
    match &q.ids {
        Some(ids) => places_of(book, q.by, ids).into_iter().for_each(see),
        None => (0..count(book, q.by)).for_each(&mut see),
    }
    let mut places = Numbers::new(folder);
    sorter.finish().for_each(|(_, place)| places.push(place));
    places.settle();
    // Where the rows of each name are, then the names as they are shown.
    let mut at = 0;
    for of in &mut names {
        of.at = at;
        at += of.count;
    }
    order(&mut names, q);
    let mut parts: Vec<Part> = Vec::with_capacity(names.len());
    for of in &names {
        let from = parts.last().map_or(0, |p| p.from + p.count);
        parts.push(Part { from, at: of.at, count: of.count });
    }
    let group =
        |(p, of): (&Part, &OfName<'_>)| Group { name: of.name.to_string(), from: p.from, count: p.count };
    let groups = if q.group_by_name { parts.iter().zip(&names).map(group).collect() } else { Vec::new() };
    (Arranged { places, parts }, groups)
}

impl RowQuestion<'_> {
    /// Whether it is about a row.
    fn has(&self, f: &RowFacts<'_>) -> bool {
        let lives = self.window.is_none_or(|(from, to)| f.start <= to && f.end >= from);
        lives && self.filter.is_none_or(|keep| keep(f))
    }

    /// Rows with less of it come first, those of one key by their place.
    fn key(&self, f: &RowFacts<'_>) -> i64 {
        let key = self.sort.key(f);
        if self.descending && self.sort != RowOrder::Name { key.saturating_neg() } else { key }
    }
}

/// Names by themselves where that is asked for, else by the sum, or the first, of their rows' keys.
fn order(names: &mut [OfName<'_>], q: &RowQuestion<'_>) {
    names.sort_unstable_by_key(|of| of.name);
    match q.sort {
        RowOrder::Name if q.descending => names.reverse(),
        RowOrder::Name => {}
        // Sums of ids and of begins say nothing.
        RowOrder::Id | RowOrder::Start => names.sort_by_key(|of| of.least),
        _ => names.sort_by_key(|of| of.sum),
    }
}
