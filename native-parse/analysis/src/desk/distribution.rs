//! How the goroutines of one function are spread by a measure.

use serde_json::{Value, json};
use tracewell_source::{Code, Result, TraceError};

use crate::desk::sums::Measure;
use crate::desk::{Call, Desk, none, spread};
use crate::stats::Clip;

/// Fastest and slowest that are told.
const ENDS: usize = 10;

impl Desk {
    /// Shapes: `Distribution`. Errors: RANGE when no goroutine in the range starts with the function. Cost: a pass, then
    /// O(goroutines).
    pub fn distribution(&self, clip: Clip, function: &str, measure: &str, call: &Call<'_>) -> Result<Value> {
        let what = Measure::parse(measure)
            .ok_or_else(|| TraceError::new(Code::Range, format!("There is no measure {measure}")))?;
        let fold = self.fold(clip, call)?;
        let mut values: Vec<(i64, i64)> = Vec::new();
        for (i, (d, _)) in fold.all_rows().enumerate() {
            if fold.symbols.text(d.name) == function {
                let collected = if what.needs_collector() { fold.collected(i) } else { (0, 0) };
                values.push((what.of(&d.stats, collected, &fold.symbols), d.g));
            }
        }
        if values.is_empty() {
            return Err(none(format!("No goroutine of this range starts with {function}")));
        }
        values.sort_unstable();
        let end = |v: &(i64, i64)| json!({"id": v.1, "nanos": v.0});
        let fastest: Vec<Value> = values.iter().take(ENDS).map(end).collect();
        let slowest: Vec<Value> = values.iter().rev().take(ENDS).map(end).collect();
        let histogram = spread::histogram(values.into_iter().map(|v| v.0).collect());
        Ok(json!({"measure": measure, "histogram": histogram, "fastest": fastest, "slowest": slowest}))
    }
}
