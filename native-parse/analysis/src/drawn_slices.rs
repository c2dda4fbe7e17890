//! `slices` without `--exact`: spans as a picture of some width would show them, narrow neighbours merged.

use serde_json::{Value, json};
use tracewell_source::Result;

use crate::exact_slices::{self, Rows};
use crate::run::Outcome;

/// Shapes: as `exact_slices::read`; spans narrower than a pixel are merged with their narrow neighbours less than a
/// pixel away: `count` says how many, `state` is the one with most time. Cost: one pass; memory by spans in the range.
pub fn read(
    bytes: &[u8],
    start: u64,
    rows: Rows,
    from: i64,
    to: i64,
    width: u32,
) -> Result<(Value, Outcome)> {
    let (mut value, outcome) = exact_slices::read(bytes, start, rows, from, to)?;
    let px = ((to.min(outcome.end_nanos) - from).max(1) as f64 / f64::from(width)).max(1.0);
    for row in value["rows"].as_array_mut().into_iter().flatten() {
        let spans = std::mem::take(&mut row["spans"]);
        row["spans"] = Value::Array(merge(spans.as_array().map_or(&[], |v| v), px));
    }
    Ok((value, outcome))
}

struct Run {
    start: i64,
    end: i64,
    count: u64,
    nanos: Vec<(Value, i64)>,
}

fn merge(spans: &[Value], px: f64) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    let mut run: Option<Run> = None;
    for s in spans {
        let (start, end) = (s["start"].as_i64().unwrap_or(0), s["end"].as_i64().unwrap_or(0));
        let narrow = ((end - start) as f64) < px;
        if let Some(r) = &mut run
            && (!narrow || (start - r.end) as f64 >= px)
        {
            out.push(r.json());
            run = None;
        }
        if !narrow {
            out.push(s.clone());
            continue;
        }
        let r = run.get_or_insert(Run { start, end, count: 0, nanos: Vec::new() });
        r.end = r.end.max(end);
        r.count += 1;
        match r.nanos.iter_mut().find(|(k, _)| k["state"] == s["state"]) {
            Some((_, n)) => *n += end - start,
            None => r.nanos.push((s.clone(), end - start)),
        }
    }
    out.extend(run.map(|r| r.json()));
    out
}

impl Run {
    fn json(&self) -> Value {
        let Some((main, _)) = self.nanos.iter().max_by_key(|(_, n)| *n) else { return Value::Null };
        if self.count == 1 {
            return main.clone();
        }
        json!({"start": self.start, "end": self.end, "state": main["state"], "label": format!("{} spans", self.count),
               "g": Value::Null, "count": self.count})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(start: i64, end: i64, state: &str) -> Value {
        json!({"start": start, "end": end, "state": state, "label": state, "g": 1, "count": 1})
    }

    #[test]
    fn narrow_neighbours_merge_and_a_lone_one_stays() {
        let spans = [
            s(0, 1, "running"),
            s(2, 3, "syscall"),
            s(3, 5, "syscall"),
            s(10, 30, "running"),
            s(90, 91, "stw"),
        ];
        let got = merge(&spans, 4.0);
        let brief: Vec<_> =
            got.iter().map(|v| (v["start"].as_i64(), v["end"].as_i64(), v["count"].as_i64())).collect();
        assert_eq!(
            brief,
            [(Some(0), Some(5), Some(3)), (Some(10), Some(30), Some(1)), (Some(90), Some(91), Some(1))]
        );
        assert_eq!((got[0]["state"].as_str(), got[2]["g"].as_i64()), (Some("syscall"), Some(1)));
    }
}
