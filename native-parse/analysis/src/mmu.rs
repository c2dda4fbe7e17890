//! `mmu`: how much of the processors the program had in its worst windows.

use serde_json::{Value, json};
use tracewell_source::Result;

use crate::mmu_curve::Curves;
use crate::run::Outcome;
use crate::stats::Clip;
use crate::{mmu_reference, mmu_right};

/// What counts as the collector's, and how processors are seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub stw: bool,
    pub background: bool,
    pub assist: bool,
    pub sweep: bool,
    /// Each processor by itself instead of all together.
    pub per_proc: bool,
}

pub struct Ask {
    pub flags: Flags,
    /// Lengths of windows, ns; empty: 100 from 1 µs to 1 s.
    pub windows: Vec<i64>,
    /// Tell the worst windows of this length.
    pub worst_of: Option<i64>,
    /// Quantiles of all windows instead of the least alone.
    pub quantiles: bool,
    pub as_reference: bool,
}

/// Of windows, as the reference's page shows them: the least, p99.9, p99, p95.
pub const QUANTILES: [f64; 4] = [0.0, 0.001, 0.01, 0.05];

/// Shapes: {curve: [[window_ns, utilization]]}, with quantiles {quantiles, curve: [[window_ns, one for each]]}, with
/// `worst_of` also worst: [{start_ns, utilization}], worst first; null where there is no curve. Units: ns, 0 to 1.
/// Cost: one pass, then O(windows × steps).
pub fn read(bytes: &[u8], start: u64, ask: &Ask, clip: Clip) -> Result<(Value, Outcome)> {
    let (curves, outcome) = if ask.as_reference {
        mmu_reference::read(bytes, start, ask.flags)?
    } else {
        mmu_right::read(bytes, start, ask.flags)?
    };
    let curves = if clip.is_all() { curves } else { curves.cut(clip.from, clip.to) };
    Ok((answer(&curves, ask), outcome))
}

fn answer(curves: &Curves, ask: &Ask) -> Value {
    let windows = if ask.windows.is_empty() { default_windows() } else { ask.windows.clone() };
    let curve: Vec<Value> = windows
        .iter()
        .map(|w| {
            if !ask.quantiles {
                return json!([w, curves.mmu(*w)]);
            }
            let mut row = vec![json!(w)];
            // The reference's page tells the least for each quantile (12,500 of its rows were looked at).
            let of_all = if ask.as_reference {
                curves.mmu(*w).map(|u| vec![u; QUANTILES.len()])
            } else {
                curves.quantiles(*w, &QUANTILES)
            };
            match of_all {
                Some(q) => row.extend(q.into_iter().map(|u| json!(u))),
                None => row.extend(QUANTILES.map(|_| Value::Null)),
            }
            Value::Array(row)
        })
        .collect();
    let mut v = json!({ "curve": curve });
    if ask.quantiles {
        v["quantiles"] = json!(QUANTILES);
    }
    if let Some(w) = ask.worst_of {
        let worst = curves.worst(w);
        v["worst"] =
            worst.iter().map(|x| json!({"start_ns": x.start, "utilization": x.utilization})).collect();
    }
    v
}

/// 1 µs to 1 s in 100 steps of one ratio.
pub fn default_windows() -> Vec<i64> {
    (0..100).map(|i| (1e3 * 1e6f64.powf(f64::from(i) / 99.0)) as i64).collect()
}
