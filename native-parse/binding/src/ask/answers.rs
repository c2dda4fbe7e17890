//! `contract/answers.ts`.

use serde_json::{Value, json};
use tracewell_analysis::desk::{Call, Filter, MmuAsk, ProfileAsk};
use tracewell_analysis::mmu::Flags;
use tracewell_analysis::profiles::Profile;
use tracewell_source::{Code, Result, TraceError};

use super::Asked;
use super::input::{clip, flag, list, maybe_number, maybe_text, number, text, whole};

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    Some(match method {
        "readHomeFigures" => asked.desk.home_figures(call),
        "readGoroutineGroups" => clip(input).and_then(|c| asked.desk.goroutine_groups(c, call)),
        "readParallelism" => clip(input).and_then(|c| asked.desk.parallelism(c, call)),
        "readStateGraph" => {
            clip(input).and_then(|c| asked.desk.state_graph(c, text(input, "function")?, call))
        }
        "readDistribution" => distribution(asked, input, call),
        "readGoroutine" => goroutine(asked, input, call),
        "readGoroutineStrips" => strips(asked, input, call),
        "readTask" => task(asked, input, call),
        "readProfile" => profile(input)
            .and_then(|ask| asked.desk.profile(&ask, text(input, "profile").unwrap_or_default(), call)),
        "exportPprof" => {
            profile(input).and_then(|ask| asked.desk.pprof(&ask, call)).map(|b| json!({"base64": base64(&b)}))
        }
        "readTaskTypes" => clip(input).and_then(|c| asked.desk.task_types(c, call)),
        "readRegionTypes" => clip(input).and_then(|c| asked.desk.region_types(c, call)),
        "readRegionType" => region_type(asked, input, call),
        "readMmu" => mmu(asked, input, call),
        "readGc" => clip(input).and_then(|c| asked.desk.gc(c, call)),
        _ => return None,
    })
}

fn distribution(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    asked.desk.distribution(clip(input)?, text(input, "function")?, text(input, "measure")?, call)
}

fn task(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let id = u64::try_from(number(input, "id")?).unwrap_or(u64::MAX);
    asked.desk.task(id, clip(input)?, call)
}

fn goroutine(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let place = |name: &str| number(&input["stays"], name).map(|n| usize::try_from(n).unwrap_or(0));
    asked.desk.goroutine(clip(input)?, number(input, "id")?, place("from")?, place("count")?, call)
}

fn strips(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let ids: Vec<i64> = list(input, "ids").iter().filter_map(whole).collect();
    let count = usize::try_from(number(input, "count")?).unwrap_or(0);
    asked.desk.strips(clip(input)?, &ids, count, call)
}

fn profile(input: &Value) -> Result<ProfileAsk> {
    let profile = match text(input, "profile")? {
        "net" => Profile::Net,
        "sync" => Profile::Sync,
        "syscall" => Profile::Syscall,
        "sched" => Profile::Sched,
        "cpu" => Profile::Cpu,
        "other" => Profile::Other,
        "wall" => Profile::Wall,
        other => return Err(TraceError::new(Code::Range, format!("There is no profile {other}"))),
    };
    let scope = &input["scope"];
    let filter = Filter {
        goroutine: maybe_number(scope, "goroutine"),
        function: maybe_text(scope, "function"),
        region: maybe_text(scope, "region"),
        task: maybe_number(scope, "task").and_then(|id| u64::try_from(id).ok()),
    };
    Ok(ProfileAsk { profile, clip: clip(input)?, filter, by_waiter: text(input, "side")? == "waiter" })
}

fn region_type(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let frame = maybe_text(input, "frame");
    asked.desk.region_type(clip(input)?, text(input, "name")?, frame.as_deref(), call)
}

fn mmu(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let has = |name: &str| list(input, "flags").iter().any(|f| f == name);
    let windows = input["windowNanos"].as_array().map(|w| w.iter().filter_map(whole).collect());
    let ask = MmuAsk {
        clip: clip(input)?,
        flags: Flags {
            stw: has("stw"),
            background: has("background"),
            assist: has("assist"),
            sweep: has("sweep"),
            per_proc: flag(input, "perProc"),
        },
        windows,
        worst_of: maybe_number(input, "worstOfNanos"),
        quantiles: flag(input, "quantiles"),
    };
    asked.desk.mmu(&ask, call)
}

/// Bytes as text, RFC 4648 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let at = |i: usize| u32::from(part.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= part.len() { char::from(digit) } else { '=' });
        }
    }
    out
}
