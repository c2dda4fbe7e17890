//! Goroutines that nothing but a name chooses are read by another way than others: the table is the same.

mod common;

use std::sync::Arc;

use common::{call, fixtures};
use serde_json::{Value, json};
use tracewell_analysis::desk::{Desk, Sort, Table, TableAsk, Within};
use tracewell_analysis::stats::Clip;
use tracewell_source::Source;

const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "parent",
    "begin",
    "end",
    "duration",
    "regions",
    "exec",
    "gcMark",
    "schedWait",
    "block:sync",
];

fn opened(desk: &Desk, clip: Clip, name: Option<String>, sort: &[(&str, bool)], is_plain: bool) -> Value {
    // All ids lie within: it is no choice, but one that is looked at.
    let all = Within { column: "id".into(), from: f64::NEG_INFINITY, to: f64::INFINITY };
    let ask = TableAsk {
        table: Table::Goroutines,
        clip,
        name,
        frame: None,
        find: String::new(),
        filter: None,
        within: if is_plain { Vec::new() } else { vec![all] },
        sort: sort.iter().map(|(c, d)| Sort { column: (*c).into(), descending: *d }).collect(),
        bars: vec!["exec".into(), "duration".into(), "gcMark".into(), "name".into()],
    };
    let t = call(|c| desk.open_table(&ask, c)).unwrap();
    let id = t["tableId"].as_u64().unwrap();
    let (first, last) = (desk.read_rows(id, 0, 300).unwrap(), desk.read_rows(id, 450, 50).unwrap());
    let found =
        first[first.as_array().unwrap().len() / 2]["id"].as_i64().map(|g| desk.find_row(id, g).unwrap());
    desk.close_table(id);
    json!([t["rowCount"], t["totalCount"], t["maxima"], first, last, found])
}

#[test]
fn plain_tables_are_those_that_look_at_each_row() {
    for (name, bytes) in fixtures("traces") {
        let desk = Desk::new(Arc::new(Source::from_bytes(bytes)), 0, 1 << 26).with_borders_every(1);
        let Ok(groups) = call(|c| desk.goroutine_groups(Clip::ALL, c)) else { continue };
        let function = groups[0]["name"].as_str().map(String::from);
        let end = call(|c| desk.digest(Clip::ALL, c)).unwrap()["durationNanos"].as_i64().unwrap();
        for clip in [Clip::ALL, Clip { from: end / 3, to: end / 2 }] {
            let asks = COLUMNS.iter().flat_map(|c| [vec![(*c, false)], vec![(*c, true)]]);
            for sort in asks.chain([vec![], vec![("name", false), ("exec", true)]]) {
                for of in [None, function.clone()] {
                    let got = opened(&desk, clip, of.clone(), &sort, true);
                    assert_eq!(got, opened(&desk, clip, of, &sort, false), "{name}: {clip:?} by {sort:?}");
                }
            }
        }
    }
}
