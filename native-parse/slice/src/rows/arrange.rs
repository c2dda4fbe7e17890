//! Which rows a list has, and in which order: with millions of them, by numbers that take little.

use std::collections::HashMap;

use tracewell_index::rows::Book;

use super::list::{Facts, RowFacts, RowOrder, RowQuestion, count, places_of};

/// Rows of a group, and where they stand.
pub(super) struct Group {
    pub name: String,
    pub from: usize,
    pub count: usize,
}

/// The chosen rows in order, and their groups. Cost: O(rows log rows); 8 bytes a row on the way mostly.
pub(super) fn arrange(book: &Book, q: &RowQuestion<'_>) -> (Vec<u32>, Vec<Group>) {
    let by_name = q.group_by_name || q.sort == RowOrder::Name;
    let places = chosen(book, q);
    if by_name { by_names(book, q, &places) } else { (in_order(book, q, &places), Vec::new()) }
}

/// Places of rows that the question is about, rising.
fn chosen(book: &Book, q: &RowQuestion<'_>) -> Vec<u32> {
    let mut facts = Facts::new(book, q.by, q.filter.is_some());
    let mut is_chosen = |place: &u32| {
        let Some(f) = facts.get(*place) else { return false };
        let lives = q.window.is_none_or(|(from, to)| f.start <= to && f.end >= from);
        lives && q.filter.is_none_or(|keep| keep(&f))
    };
    if let Some(ids) = &q.ids {
        let mut places: Vec<u32> = places_of(book, q.by, ids).into_iter().filter(is_chosen).collect();
        places.sort_unstable();
        return places;
    }
    let all = 0..count(book, q.by);
    if q.window.is_none() && q.filter.is_none() {
        return all.collect();
    }
    let mut places = Vec::new();
    places.extend(all.filter(|p| is_chosen(p)));
    places.shrink_to_fit();
    places
}

impl RowQuestion<'_> {
    /// Rows with less of it come first.
    fn key(&self, f: &RowFacts<'_>) -> i64 {
        let key = self.sort.key(f);
        if self.descending && self.sort != RowOrder::Name { -key } else { key }
    }
}

/// Places by key, those of one key as they come.
fn in_order(book: &Book, q: &RowQuestion<'_>, places: &[u32]) -> Vec<u32> {
    let mut facts = Facts::new(book, q.by, false);
    let mut key = |place: u32| facts.get(place).map_or(i64::MAX, |f| q.key(&f));
    let (least, most) = match q.sort {
        RowOrder::Id => places.iter().fold((i64::MAX, i64::MIN), |(least, most), p| {
            let key = key(*p);
            (least.min(key), most.max(key))
        }),
        _ => (book.end.saturating_neg(), book.end),
    };
    // Both in one number where they fit, as in traces of some minutes: of millions of rows the half of it counts.
    let range = most.checked_sub(least).and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX);
    let bits = places.len().max(1).ilog2() + 1;
    let mut keyed: Vec<u64> = Vec::new();
    if range.leading_zeros() >= bits {
        keyed.reserve_exact(places.len());
        let numbers = places.iter().zip(0u64..).map_while(|(p, i)| {
            let key = key(*p);
            (least..=most).contains(&key).then(|| ((key - least) as u64) << bits | i)
        });
        keyed.extend(numbers);
    }
    if keyed.len() == places.len() {
        keyed.sort_unstable();
        let place = |k: &u64| places.get((k & ((1 << bits) - 1)) as usize).copied();
        return keyed.iter().filter_map(place).collect();
    }
    let mut keyed: Vec<(i64, u32)> = places.iter().map(|p| (key(*p), *p)).collect();
    keyed.sort_unstable();
    keyed.iter().map(|k| k.1).collect()
}

/// What is known of the rows of a name.
#[derive(Clone, Copy)]
struct OfName {
    count: usize,
    sum: i128,
    least: i64,
}

fn by_names(book: &Book, q: &RowQuestion<'_>, places: &[u32]) -> (Vec<u32>, Vec<Group>) {
    let mut facts = Facts::new(book, q.by, false);
    let mut names: HashMap<&str, OfName> = HashMap::new();
    for f in places.iter().filter_map(|p| facts.get(*p)) {
        let key = q.key(&f);
        let of = names.entry(f.name).or_insert(OfName { count: 0, sum: 0, least: i64::MAX });
        (of.count, of.sum, of.least) = (of.count + 1, of.sum + i128::from(key), of.least.min(key));
    }
    let mut groups: Vec<Group> = Vec::new();
    for (name, of) in ordered(&names, q) {
        let from = groups.last().map_or(0, |g| g.from + g.count);
        groups.push(Group { name: name.to_string(), from, count: of.count });
    }
    // Each into the part of its name, then part by part in order.
    let mut next: HashMap<&str, usize> = groups.iter().map(|g| (&*g.name, g.from)).collect();
    let mut all = vec![0; places.len()];
    for (place, f) in places.iter().filter_map(|p| Some((*p, facts.get(*p)?))) {
        let Some(at) = next.get_mut(f.name) else { continue };
        if let Some(to) = all.get_mut(*at) {
            *to = place;
        }
        *at += 1;
    }
    for g in &groups {
        if let Some(part) = all.get_mut(g.from..g.from + g.count) {
            let sorted = in_order(book, q, part);
            part.copy_from_slice(&sorted);
        }
    }
    (all, if q.group_by_name { groups } else { Vec::new() })
}

/// Names by themselves where that is asked for, else by the sum, or the first, of their rows' keys.
fn ordered<'n>(names: &HashMap<&'n str, OfName>, q: &RowQuestion<'_>) -> Vec<(&'n str, OfName)> {
    let mut order: Vec<(&str, OfName)> = names.iter().map(|(name, of)| (*name, *of)).collect();
    order.sort_unstable_by_key(|(name, _)| *name);
    match q.sort {
        RowOrder::Name if q.descending => order.reverse(),
        RowOrder::Name => {}
        // Sums of ids and of begins say nothing.
        RowOrder::Id | RowOrder::Start => order.sort_by_key(|(_, of)| of.least),
        _ => order.sort_by_key(|(_, of)| of.sum),
    }
    order
}
