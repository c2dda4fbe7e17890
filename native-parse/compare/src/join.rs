//! Tables of both sides joined by name. Line numbers move when code is edited, so stacks are joined by their functions in
//! order; a function that was renamed can be paired by hand.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::digest::{Digest, Group, Profile, Stack, Type};
use crate::measures::ratio;
use crate::noise;

type Renamed = BTreeMap<String, String>;

/// What a row says of one side.
struct Side {
    /// The figure that rows are sorted and told apart by, ns.
    nanos: f64,
    told: Value,
}

/// Rows that one or both sides have, by falling change; `key` names a row.
fn rows(a: BTreeMap<RowKey, Side>, mut b: BTreeMap<RowKey, Side>) -> Vec<Value> {
    let mut out: Vec<(f64, Value)> = Vec::new();
    for (key, left) in a {
        let right = b.remove(&key);
        out.push(row(&key, Some(left), right));
    }
    out.extend(b.into_iter().map(|(key, right)| row(&key, None, Some(right))));
    out.sort_by(|x, y| y.0.total_cmp(&x.0));
    out.into_iter().map(|(_, v)| v).collect()
}

/// The key of a row, with what is shown of it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RowKey(String, String);

fn row(key: &RowKey, a: Option<Side>, b: Option<Side>) -> (f64, Value) {
    let (va, vb) = (a.as_ref().map_or(0.0, |s| s.nanos), b.as_ref().map_or(0.0, |s| s.nanos));
    let only = match (&a, &b) {
        (Some(_), None) => json!("a"),
        (None, Some(_)) => json!("b"),
        _ => Value::Null,
    };
    let told = json!({
        "name": key.0,
        "frame": key.1,
        "a": a.map(|s| s.told),
        "b": b.map(|s| s.told),
        "differenceNanos": vb - va,
        "ratio": ratio(va, vb),
        "only": only,
    });
    ((vb - va).abs(), told)
}

/// Goroutines by start function. Each side: count and times, divided.
pub fn functions(a: &Digest, b: &Digest, scale: (f64, f64), renamed: &Renamed) -> Vec<Value> {
    let side = |groups: &[Group], scale: f64, renamed: Option<&Renamed>| {
        let named = groups.iter().map(|g| {
            let name = renamed.and_then(|r| r.get(&g.name)).unwrap_or(&g.name);
            let s = &g.sums;
            let by = |n: i64| n as f64 / scale;
            let told = json!({
                "name": g.name,
                "count": g.count as f64 / scale,
                "totalNanos": by(s.total_nanos),
                "execNanos": by(s.exec_nanos),
                "schedWaitNanos": by(s.sched_wait_nanos),
                "syscallNanos": by(s.syscall_nanos.saturating_add(s.syscall_block_nanos)),
                "blockNanos": by(s.block()),
                "spread": g.spread,
            });
            // What a goroutine costs or loses: idle life of one that waits for good says nothing of a change.
            let nanos = by(s.exec_nanos.saturating_add(s.sched_wait_nanos).saturating_add(s.syscall_nanos));
            (RowKey(name.clone(), String::new()), Side { nanos, told })
        });
        named.collect::<BTreeMap<_, _>>()
    };
    rows(side(&a.groups, scale.0, Some(renamed)), side(&b.groups, scale.1, None))
}

/// Stacks of one profile, by the change of waits that ended; those that never did are told beside, for they only say how
/// long the trace was.
pub fn stacks(a: Option<&Profile>, b: Option<&Profile>, scale: (f64, f64), renamed: &Renamed) -> Vec<Value> {
    /// By the functions of a stack, leaf first.
    #[derive(Default)]
    struct Sum {
        count: u64,
        nanos: i64,
        still_count: u64,
        still_nanos: i64,
        frames: Vec<Value>,
    }
    let side = |p: Option<&Profile>, renamed: Option<&Renamed>| {
        let mut sums: HashMap<Vec<String>, Sum> = HashMap::new();
        let Some(p) = p else { return sums };
        let parts = p.ended.stacks.iter().map(|s| (s, false)).chain(p.still.stacks.iter().map(|s| (s, true)));
        for (stack, is_still) in parts {
            let sum = sums.entry(names(p, stack, renamed)).or_default();
            let (count, nanos) = match is_still {
                true => (&mut sum.still_count, &mut sum.still_nanos),
                false => (&mut sum.count, &mut sum.nanos),
            };
            *count += stack.count;
            *nanos = nanos.saturating_add(stack.delay_nanos);
            if sum.frames.is_empty() {
                sum.frames = stack.frames.iter().filter_map(|f| p.frames.get(*f)).map(|f| json!(f)).collect();
            }
        }
        sums
    };
    let told = |s: Option<&Sum>, scale: f64| {
        s.map(|s| {
            json!({"count": s.count as f64 / scale, "delayNanos": s.nanos as f64 / scale,
                   "stillCount": s.still_count, "stillNanos": s.still_nanos, "frames": s.frames})
        })
    };
    let (left, right) = (side(a, Some(renamed)), side(b, None));
    let mut keys: Vec<&Vec<String>> =
        left.keys().chain(right.keys().filter(|k| !left.contains_key(*k))).collect();
    keys.sort();
    let mut out: Vec<(f64, Value)> = keys
        .into_iter()
        .map(|key| {
            let (l, r) = (left.get(key), right.get(key));
            let value = |s: Option<&Sum>, scale: f64| s.map_or(0.0, |s| s.nanos as f64 / scale);
            let (va, vb) = (value(l, scale.0), value(r, scale.1));
            let row = json!({
                "functions": key,
                "a": told(l, scale.0),
                "b": told(r, scale.1),
                "differenceNanos": vb - va,
                "ratio": ratio(va, vb),
                "only": match (l, r) { (Some(_), None) => json!("a"), (None, Some(_)) => json!("b"), _ => Value::Null },
            });
            ((vb - va).abs(), row)
        })
        .collect();
    out.sort_by(|x, y| y.0.total_cmp(&x.0));
    out.into_iter().map(|(_, v)| v).collect()
}

fn names(p: &Profile, stack: &Stack, renamed: Option<&Renamed>) -> Vec<String> {
    let name = |f: &usize| {
        p.frames.get(*f).map(|f| renamed.and_then(|r| r.get(&f.function)).unwrap_or(&f.function).clone())
    };
    stack.frames.iter().filter_map(name).collect()
}

fn type_side(types: &[Type], scale: f64, by_frame: bool) -> BTreeMap<RowKey, (Side, &Type)> {
    let one = |t: &'_ Type| {
        let h = &t.histogram;
        let told = json!({
            "count": t.count as f64 / scale,
            "completeCount": t.complete_count as f64 / scale,
            "sumNanos": h.sum_nanos as f64 / scale,
            "meanNanos": if h.count == 0 { None } else { Some(h.sum_nanos as f64 / h.count as f64) },
            "quantiles": h.quantiles,
        });
        // A region's frame is a function and a line; the line moves.
        let frame = if by_frame { t.frame.rsplit_once('@').map_or(t.frame.as_str(), |f| f.0) } else { "" };
        (RowKey(t.name.clone(), frame.to_string()), Side { nanos: h.sum_nanos as f64 / scale, told })
    };
    let mut out: BTreeMap<RowKey, (Side, &Type)> = BTreeMap::new();
    for t in types {
        let (key, side) = one(t);
        // Two places in one function: the one with more time stands for both names; the other keeps its line.
        match out.entry(key) {
            std::collections::btree_map::Entry::Vacant(e) => {
                e.insert((side, t));
            }
            std::collections::btree_map::Entry::Occupied(e) => {
                let key = RowKey(e.key().0.clone(), t.frame.clone());
                out.insert(key, (side, t));
            }
        }
    }
    out
}

fn joined_types(a: &[Type], b: &[Type], scale: (f64, f64), by_frame: bool) -> Vec<Value> {
    let (left, right) = (type_side(a, scale.0, by_frame), type_side(b, scale.1, by_frame));
    let tests: HashMap<(String, String), Value> = left
        .iter()
        .filter_map(|(k, (_, t))| {
            let other = right.get(k)?;
            Some(((k.0.clone(), k.1.clone()), noise::test(&t.histogram, &other.1.histogram)))
        })
        .collect();
    let plain = |side: BTreeMap<RowKey, (Side, &Type)>| side.into_iter().map(|(k, (s, _))| (k, s)).collect();
    let mut out = rows(plain(left), plain(right));
    for row in &mut out {
        let key = (
            row["name"].as_str().unwrap_or_default().into(),
            row["frame"].as_str().unwrap_or_default().into(),
        );
        row["test"] = tests.get(&key).cloned().unwrap_or(Value::Null);
    }
    out
}

/// Tasks by type, each with whether its lengths shifted by more than noise.
pub fn types(a: &[Type], b: &[Type], scale: (f64, f64)) -> Vec<Value> {
    joined_types(a, b, scale, false)
}

/// Regions by name and function.
pub fn regions(a: &[Type], b: &[Type], scale: (f64, f64)) -> Vec<Value> {
    joined_types(a, b, scale, true)
}
