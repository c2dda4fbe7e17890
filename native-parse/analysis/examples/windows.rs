//! How long pages take to be of another time window: `windows FILE [parts of the trace in %]…`. For each question processor
//! time and wall time in ms: of the whole trace first, then of a window in its middle, asked one after the other.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use tracewell_analysis::desk::{Call, Desk, Filter, MmuAsk, ProfileAsk, Sort, Table, TableAsk};
use tracewell_analysis::mmu::Flags;
use tracewell_analysis::profiles::Profile;
use tracewell_analysis::stats::Clip;
use tracewell_source::{Result, Source};

const FLAGS: Flags = Flags { stw: true, background: true, assist: true, sweep: false, per_proc: false };

/// Processor time of this process, ms.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: f64 = fields.iter().skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum();
    ticks * 10.0
}

/// Resident memory of this process that is no map of a file, MB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("RssAnon")).unwrap_or_default().to_string();
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

type Ask = Box<dyn Fn(&Desk, Clip, &Call<'_>) -> Result<()>>;

fn questions() -> Vec<(&'static str, Ask)> {
    let table = |table: Table, to_end: bool| -> Ask {
        Box::new(move |d, clip, c| {
            let sort = vec![Sort { column: "duration".into(), descending: true }];
            let (find, within, bars) = (String::new(), Vec::new(), Vec::new());
            let ask =
                TableAsk { table, clip, name: None, frame: None, find, filter: None, within, sort, bars };
            let opened = d.open_table(&ask, c)?;
            let id = opened["tableId"].as_u64().unwrap_or(0);
            d.read_rows(id, 0, 100)?;
            if to_end {
                d.read_rows(id, opened["rowCount"].as_u64().unwrap_or(0) as usize - 1, 1)?;
            }
            d.close_table(id);
            Ok(())
        })
    };
    let longest = |d: &Desk, clip: Clip, c: &Call<'_>, of: Option<String>| -> Result<i64> {
        let sort = vec![Sort { column: "exec".into(), descending: true }];
        let (find, within, bars) = (String::new(), Vec::new(), Vec::new());
        let table = Table::Goroutines;
        let ask = TableAsk { table, clip, name: of, frame: None, find, filter: None, within, sort, bars };
        let opened = d.open_table(&ask, c)?;
        let id = opened["tableId"].as_u64().unwrap_or(0);
        let row = d.read_rows(id, 0, 1)?;
        d.close_table(id);
        Ok(row[0]["id"].as_i64().unwrap_or(0))
    };
    vec![
        ("goroutine groups", Box::new(|d, r, c| d.goroutine_groups(r, c).map(drop))),
        (
            "profile",
            Box::new(|d, clip, c| {
                let (profile, filter) = (Profile::Sync, Filter::default());
                d.profile(&ProfileAsk { profile, clip, filter, by_waiter: false }, "sync", c).map(drop)
            }),
        ),
        ("collector", Box::new(|d, r, c| d.gc(r, c).map(drop))),
        (
            "mmu",
            Box::new(|d, clip, c| {
                let ask = MmuAsk {
                    clip,
                    flags: FLAGS,
                    windows: None,
                    worst_of: Some(10_000_000),
                    quantiles: false,
                };
                d.mmu(&ask, c).map(drop)
            }),
        ),
        ("task types", Box::new(|d, r, c| d.task_types(r, c).map(drop))),
        ("region types", Box::new(|d, r, c| d.region_types(r, c).map(drop))),
        ("goroutines, first rows", table(Table::Goroutines, false)),
        ("goroutines, last row", table(Table::Goroutines, true)),
        ("tasks, sorted", table(Table::Tasks, false)),
        ("regions, sorted", table(Table::Regions, false)),
        (
            "profile of a function",
            Box::new(|d, clip, c| {
                let function = first(d.goroutine_groups(clip, c)?);
                let filter = Filter { function, ..Filter::default() };
                let ask = ProfileAsk { profile: Profile::Wall, clip, filter, by_waiter: false };
                d.profile(&ask, "", c).map(drop)
            }),
        ),
        (
            "states of a function",
            Box::new(|d, clip, c| {
                let function = first(d.goroutine_groups(clip, c)?);
                d.state_graph(clip, &function.unwrap_or_default(), c).map(drop)
            }),
        ),
        (
            "profile of a region type",
            Box::new(|d, clip, c| {
                let region = first(d.region_types(clip, c)?);
                let filter = Filter { region, ..Filter::default() };
                let ask = ProfileAsk { profile: Profile::Sync, clip, filter, by_waiter: false };
                d.profile(&ask, "", c).map(drop)
            }),
        ),
        (
            "distribution",
            Box::new(|d, clip, c| {
                let function = first(d.goroutine_groups(clip, c)?);
                d.distribution(clip, &function.unwrap_or_default(), "exec", c).map(drop)
            }),
        ),
        ("the busiest goroutine, found", Box::new(move |d, r, c| longest(d, r, c, None).map(drop))),
        (
            "and its page",
            Box::new(move |d, clip, c| {
                let g = longest(d, clip, c, None)?;
                let began = Instant::now();
                let v = d.goroutine(clip, g, 0, 1, c)?;
                let one = began.elapsed().as_millis();
                let partners = v["partners"].as_array().into_iter().flatten().take(5);
                let ids: Vec<i64> =
                    [g].into_iter().chain(partners.filter_map(|p| p["id"].as_i64())).collect();
                let strips = d.strips(clip, &ids, 2000, c)?;
                let all = began.elapsed().as_millis();
                let (stays, sums) = (v["stayCount"].as_u64(), v["stacks"].as_array().map_or(0, Vec::len));
                let drawn: Vec<_> = strips.as_array().into_iter().flatten().collect();
                let drawn: Vec<_> = drawn.iter().map(|s| s["stays"].as_array().map_or(0, Vec::len)).collect();
                println!(
                    "  G{g}: {stays:?} stays, {sums} sums: {one} ms, with strips of {drawn:?}: {all} ms"
                );
                let began = Instant::now();
                d.goroutine(clip, g, v["stayCount"].as_u64().unwrap_or(0) as usize / 2, 100, c)?;
                println!("  its middle stays: {} ms", began.elapsed().as_millis());
                Ok(())
            }),
        ),
        (
            "profile of a task",
            Box::new(|d, clip, c| {
                let filter = Filter { task: Some(middle_task(d, c)?), ..Filter::default() };
                let ask = ProfileAsk { profile: Profile::Sync, clip, filter, by_waiter: false };
                d.profile(&ask, "", c).map(drop)
            }),
        ),
    ]
}

fn first(list: serde_json::Value) -> Option<String> {
    list[0]["name"].as_str().map(String::from)
}

fn middle_task(d: &Desk, c: &Call<'_>) -> Result<u64> {
    let sort = vec![Sort { column: "begin".into(), descending: false }];
    let (find, within, bars, clip) = (String::new(), Vec::new(), Vec::new(), Clip::ALL);
    let ask = TableAsk {
        table: Table::Tasks,
        clip,
        name: None,
        frame: None,
        find,
        filter: None,
        within,
        sort,
        bars,
    };
    let opened = d.open_table(&ask, c)?;
    let (id, count) = (opened["tableId"].as_u64().unwrap_or(0), opened["rowCount"].as_u64().unwrap_or(0));
    let row = d.read_rows(id, count as usize / 2, 1)?;
    d.close_table(id);
    Ok(row[0]["id"].as_u64().unwrap_or(0))
}

fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().expect("a file");
    let parts: Vec<f64> = args.filter_map(|a| a.parse().ok()).collect();
    let parts = if parts.is_empty() { vec![1.0, 10.0, 50.0, 90.0] } else { parts };
    let source = Arc::new(Source::open(Path::new(&file)).expect("a trace"));
    let stop = AtomicBool::new(false);
    let call = Call { stop: &stop, progress: &|_| () };
    let mut desk = Desk::new(source.clone(), 0, 48 << 20).with_folder(Some(std::env::temp_dir()));
    if let Some(every) = std::env::var("BORDERS_EVERY").ok().and_then(|v| v.parse().ok()) {
        desk = desk.with_borders_every(every);
    }
    let all = questions();
    let ask = |clip: Clip| {
        for (what, ask) in all.iter() {
            let (busy, began) = (cpu(), Instant::now());
            let answer = ask(&desk, clip, &call);
            let wall = began.elapsed().as_millis();
            let error = answer.err().map_or(String::new(), |e| e.message);
            println!("  {what:24} {:6} ms of processor, {wall:6} ms, {} MB {error}", cpu() - busy, memory());
        }
    };
    println!("{file}: whole");
    ask(Clip::ALL);
    let borders = desk.border_times(&call).map_or(0, |b| b.len());
    let end = desk.digest(Clip::ALL, &call).ok().and_then(|d| d["durationNanos"].as_i64()).unwrap_or(0);
    println!("  {borders} borders");
    for part in parts {
        let from = (end as f64 * (0.51 - part / 200.0)).max(1.0) as i64;
        println!("{part} %");
        ask(Clip { from, to: from + (end as f64 * part / 100.0) as i64 });
    }
    println!("{} whole passes, {} over lives", desk.whole_passes(), desk.passes_of_lives());
}
