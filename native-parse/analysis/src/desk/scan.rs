//! Goroutines of a table that nothing but a name chooses: read as they come, by several threads, not by id.

use std::sync::atomic::Ordering;

use tracewell_order::Sym;
use tracewell_source::{Result, SeededMap};

use crate::books::Done;
use crate::desk::Call;
use crate::desk::cells::{Column, column, goroutine_number};
use crate::desk::fold::Fold;
use crate::desk::tables::{Chosen, Open, Rows, Table, TableAsk, places_of};

/// What a thread finds of goroutines: what they are sorted by, their numbers in the reading, the greatest values of columns.
#[derive(Default)]
struct Scanned {
    keyed: Vec<(i64, u32)>,
    maxima: Vec<i64>,
    name: Option<(Sym, bool)>,
}

impl Fold {
    /// Places of start functions in the order of their names, in small letters.
    fn name_ranks(&self) -> SeededMap<Sym, i64> {
        let text = |name: Sym| self.symbols.text(name).to_lowercase();
        let mut names: Vec<(String, Sym)> = self.functions().iter().map(|(n, _)| (text(*n), *n)).collect();
        names.sort_unstable();
        let groups = names.chunk_by(|a, b| a.0 == b.0);
        (0..).zip(groups).flat_map(|(rank, of)| of.iter().map(move |n| (n.1, rank))).collect()
    }
}

impl Open {
    /// The same of goroutines where nothing but the name chooses them: read as they come, by several threads. None: it is
    /// another table, or more is asked for.
    pub(super) fn scanned(&self, ask: &TableAsk<'_>, call: &Call<'_>) -> Result<Option<Chosen>> {
        let is_plain = ask.find.trim().is_empty() && ask.filter.is_none() && ask.within.is_empty();
        let fold = &self.fold;
        if self.table != Table::Goroutines || !is_plain || ask.frame.is_some() {
            return Ok(None);
        }
        let bars = ask.bars.iter().map(|b| column(ask.table, b)).collect::<Result<Vec<_>>>()?;
        let by = match &ask.sort[..] {
            [one] => Some(column(ask.table, &one.column)?),
            _ => None,
        };
        let ranks = by.iter().find(|by| !by.is_number()).map(|_| fold.name_ranks());
        let (stop, asked) = (call.stop, &ask.name);
        let visit = |found: &mut Scanned, ix: u32, d: &Done, regions: u32| {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let number = |c: &Column| goroutine_number(fold, d, regions, c, || fold.collected_of(d));
            if let Some(name) = asked {
                let is = match found.name {
                    Some((last, is)) if last == d.name => is,
                    _ => fold.symbols.text(d.name) == name,
                };
                found.name = Some((d.name, is));
                if !is {
                    return;
                }
            }
            let key = match (&ranks, &by) {
                (Some(ranks), _) => ranks.get(&d.name).copied().unwrap_or(0),
                (None, by) => by.as_ref().map_or(0, number),
            };
            found.keyed.push((key, ix));
            found.maxima.resize(bars.len(), 0);
            for (most, bar) in found.maxima.iter_mut().zip(&bars).filter(|b| b.1.is_number()) {
                *most = number(bar).max(*most);
            }
        };
        let Some(parts) = fold.rows.each(visit) else { return Ok(None) };
        call.check()?;
        let (places, mut maxima) = (fold.rows.order_of(), vec![0; bars.len()]);
        let mut keyed = Vec::with_capacity(parts.iter().map(|p| p.keyed.len()).sum());
        for part in parts {
            let place = |ix: u32| places.get(ix as usize).copied().unwrap_or(u32::MAX);
            keyed.extend(part.keyed.into_iter().map(|(key, ix)| (key, place(ix))));
            maxima.iter_mut().zip(part.maxima).for_each(|(most, n)| *most = n.max(*most));
        }
        let total = keyed.len();
        let rows = match by {
            Some(_) => Rows::Keyed(keyed),
            None => Rows::Plain(places_of(keyed)),
        };
        Ok(Some(Chosen { rows, total, maxima: ask.bars.iter().cloned().zip(maxima).collect() }))
    }
}
