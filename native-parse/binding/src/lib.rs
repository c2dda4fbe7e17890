//! The engine as a Node-API addon. Converts and forwards, decides nothing: questions run on libuv's pool, answers are
//! written into buffers that V8 allocated (Electron refuses others), no panic crosses.

mod ask;
mod stops;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use napi::ScopedTask;
use napi::bindgen_prelude::*;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use tracewell_slice::{Cache, CounterTile, Options, SKETCH_BUCKETS, Tile, Trace, give_way_to_page};
use tracewell_source::{Code, Source, TraceError};

use ask::{Asked, Calls};
use stops::{Stop, Stops};

/// The callback gets the text alone; weak, so that it keeps no process alive; a bounded queue.
type ProgressFn = ThreadsafeFunction<String, (), String, Status, false, true, 64>;

type AskProgressFn = ThreadsafeFunction<f64, (), f64, Status, false, true, 16>;
type Answered = Box<dyn FnOnce(Env) -> Result<String>>;

fn thrown(e: TraceError) -> Error {
    Error::from_reason(e.to_string())
}

/// Runs a question; a panic becomes INTERNAL.
fn guarded<T>(question: impl FnOnce() -> tracewell_source::Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(question)) {
        Ok(answer) => answer.map_err(thrown),
        Err(_) => Err(thrown(TraceError::new(
            Code::Internal,
            "Tracewell failed while it answered; please report it with the trace",
        ))),
    }
}

/// One open trace. Methods are those of the contract (`contract/trace-api.ts`); text answers are JSON.
#[napi]
pub struct TraceEngine {
    path: String,
    memory_mb: Option<u32>,
    /// Which of the traces of the file, from 1.
    section: u32,
    /// The program that names come from, for a trace that has none.
    binary: Option<PathBuf>,
    trace: Slot,
    /// What pages ask, from the first question on.
    asked: AskedSlot,
    calls: Arc<Calls>,
    tiles: Arc<Stops>,
}

type Slot = Arc<std::sync::Mutex<Option<Arc<Trace>>>>;
type AskedSlot = Arc<std::sync::Mutex<Option<Arc<Asked>>>>;

fn opened(slot: &Slot) -> Result<Arc<Trace>> {
    let trace = slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    trace.clone().ok_or_else(|| Error::from_reason("INTERNAL: The trace was asked before it was opened"))
}

fn asked_of(slot: &AskedSlot, trace: Arc<Trace>) -> Arc<Asked> {
    let mut asked = slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    asked.get_or_insert_with(|| Arc::new(Asked::new(trace))).clone()
}

#[napi]
impl TraceEngine {
    #[napi(constructor)]
    pub fn new(path: String, memory_mb: Option<u32>, section: Option<u32>, binary: Option<String>) -> Self {
        TraceEngine {
            path,
            memory_mb,
            section: section.unwrap_or(1),
            binary: binary.map(PathBuf::from),
            trace: Arc::default(),
            asked: Default::default(),
            calls: Arc::default(),
            tiles: Arc::default(),
        }
    }

    /// Opens and indexes, or goes on after a pause. Progress and answer are JSON text.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn index(
        &self,
        #[napi(ts_arg_type = "(json: string) => void")] on_progress: ProgressFn,
    ) -> AsyncTask<IndexTask> {
        AsyncTask::new(IndexTask {
            path: self.path.clone(),
            memory_mb: self.memory_mb,
            section: self.section,
            binary: self.binary.clone(),
            slot: self.trace.clone(),
            asked: self.asked.clone(),
            on_progress: Some(on_progress),
        })
    }

    /// Pauses indexing; what was read stays.
    #[napi]
    pub fn cancel(&self) {
        if let Ok(trace) = opened(&self.trace) {
            trace.pause();
        }
    }

    #[napi]
    pub fn read_info(&self) -> Result<String> {
        let trace = opened(&self.trace)?;
        guarded(|| Ok(trace.info().to_string()))
    }

    /// `id` is what `cancelTile` calls it.
    #[napi(ts_return_type = "Promise<TileAnswer>")]
    pub fn read_tile(
        &self,
        id: u32,
        level: u32,
        tile: f64,
        tracks: Uint32Array,
        quick: Option<bool>,
    ) -> AsyncTask<TileTask> {
        AsyncTask::new(TileTask {
            slot: self.trace.clone(),
            stop: self.tiles.begin(id),
            level,
            tile: tile as u64,
            tracks: tracks.to_vec(),
            quick: quick.unwrap_or(false),
        })
    }

    #[napi(ts_return_type = "Promise<CounterAnswer>")]
    pub fn read_counters(&self, id: u32, level: u32, tile: f64) -> AsyncTask<CountersTask> {
        AsyncTask::new(CountersTask {
            slot: self.trace.clone(),
            stop: self.tiles.begin(id),
            level,
            tile: tile as u64,
        })
    }

    /// Nobody waits for the tile or the counters `id` any more: it is answered by CANCELLED, unless it is done.
    #[napi]
    pub fn cancel_tile(&self, id: u32) {
        self.tiles.cancel(id);
    }

    #[napi(ts_return_type = "Promise<string>")]
    pub fn read_counters_at(&self, at_nanos: f64) -> AsyncTask<TextTask> {
        self.text(move |t| t.counters_at(at_nanos as i64))
    }

    #[napi(ts_return_type = "Promise<string>")]
    pub fn pick_span(&self, track: u32, at_nanos: f64, tolerance_nanos: f64) -> AsyncTask<TextTask> {
        self.text(move |t| t.pick(track, at_nanos as i64, tolerance_nanos as i64))
    }

    #[napi(ts_return_type = "Promise<string>")]
    pub fn read_adjacent_span(&self, track: u32, from_nanos: f64, direction: i32) -> AsyncTask<TextTask> {
        self.text(move |t| t.adjacent(track, from_nanos as i64, direction > 0))
    }

    /// Answers a question of a page: input and answer are JSON text, shapes and errors those of the contract. `id` is
    /// what `cancelAsk` calls it; progress comes as a number from 0 to 1.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn ask<'env>(
        &self,
        env: &'env Env,
        id: u32,
        method: String,
        input: String,
        #[napi(ts_arg_type = "(done: number) => void")] on_progress: AskProgressFn,
    ) -> Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred::<String, Answered>()?;
        let asked = self.asked()?;
        self.calls
            .ask(
                asked,
                id,
                (method, input),
                move |done| {
                    on_progress.call(done, ThreadsafeFunctionCallMode::NonBlocking);
                },
                move |answer| match answer {
                    Ok(text) => deferred.resolve(Box::new(move |_| Ok(text))),
                    Err(e) => deferred.reject(thrown(e)),
                },
            )
            .map_err(thrown)?;
        Ok(promise)
    }

    /// Gives up the question `id`: it is answered by CANCELLED.
    #[napi]
    pub fn cancel_ask(&self, id: u32) {
        self.calls.cancel(id);
    }

    fn asked(&self) -> Result<Arc<Asked>> {
        Ok(asked_of(&self.asked, opened(&self.trace)?))
    }

    fn text(
        &self,
        question: impl FnOnce(&Trace) -> tracewell_source::Result<serde_json::Value> + Send + 'static,
    ) -> AsyncTask<TextTask> {
        AsyncTask::new(TextTask { slot: self.trace.clone(), question: Some(Box::new(question)) })
    }
}

pub struct IndexTask {
    path: String,
    memory_mb: Option<u32>,
    section: u32,
    binary: Option<PathBuf>,
    slot: Slot,
    asked: AskedSlot,
    on_progress: Option<ProgressFn>,
}

impl Task for IndexTask {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        let trace = {
            let mut slot = self.slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match &*slot {
                Some(t) => t.clone(),
                None => {
                    let t = Arc::new(guarded(|| {
                        let path = Path::new(&self.path);
                        let cache = Cache::of_app(None);
                        let options = Options {
                            memory_mb: self.memory_mb,
                            cache,
                            section: self.section,
                            binary: self.binary.clone(),
                            sketch_buckets: SKETCH_BUCKETS,
                            ..Options::default()
                        };
                        Trace::with(Source::open(path)?, path, options)
                    })?);
                    *slot = Some(t.clone());
                    t
                }
            }
        };
        let tell = self.on_progress.take();
        guarded(|| {
            let info = trace.index(Some(Box::new(move |json| {
                if let Some(f) = &tell {
                    f.call(json, ThreadsafeFunctionCallMode::NonBlocking);
                }
            })))?;
            if info["status"] == "done" {
                ask::look_ahead(asked_of(&self.asked, trace));
            }
            Ok(info.to_string())
        })
    }

    fn resolve(&mut self, _env: Env, info: String) -> Result<String> {
        Ok(info)
    }
}

type Question = Box<dyn FnOnce(&Trace) -> tracewell_source::Result<serde_json::Value> + Send>;

pub struct TextTask {
    slot: Slot,
    question: Option<Question>,
}

impl Task for TextTask {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        let trace = opened(&self.slot)?;
        let question = self.question.take().ok_or_else(|| Error::from_reason("INTERNAL: asked twice"))?;
        guarded(|| question(&trace).map(|v| v.to_string()))
    }

    fn resolve(&mut self, _env: Env, text: String) -> Result<String> {
        Ok(text)
    }
}

/// `TileBlock` of the contract.
#[napi(object)]
pub struct TileAnswer<'env> {
    pub level: u32,
    pub tile: f64,
    pub tracks: Uint32ArraySlice<'env>,
    pub states: Uint8ArraySlice<'env>,
    pub shares: Uint8ArraySlice<'env>,
    pub counts: Uint16ArraySlice<'env>,
    pub masks: Uint16ArraySlice<'env>,
    pub span_track: Uint16ArraySlice<'env>,
    pub span_start: Float64ArraySlice<'env>,
    pub span_end: Float64ArraySlice<'env>,
    pub span_state: Uint8ArraySlice<'env>,
    pub span_goroutine: Float64ArraySlice<'env>,
    pub span_label: Uint32ArraySlice<'env>,
    pub span_flags: Uint8ArraySlice<'env>,
    pub labels: Vec<String>,
    pub exact: bool,
    pub complete: bool,
    pub indexed_to_nanos: f64,
}

pub struct TileTask {
    slot: Slot,
    stop: Stop,
    level: u32,
    tile: u64,
    tracks: Vec<u32>,
    quick: bool,
}

impl<'env> ScopedTask<'env> for TileTask {
    type Output = Tile;
    type JsValue = TileAnswer<'env>;

    fn compute(&mut self) -> Result<Tile> {
        give_way_to_page();
        let trace = opened(&self.slot)?;
        let go_on = || self.stop.go_on();
        guarded(|| trace.tile_while(self.level, self.tile, &self.tracks, self.quick, &go_on))
    }

    fn resolve(&mut self, env: &'env Env, t: Tile) -> Result<TileAnswer<'env>> {
        let states: Vec<u8> = t.cells.iter().map(|c| c.state).collect();
        let shares: Vec<u8> = t.cells.iter().map(|c| c.share).collect();
        let counts: Vec<u16> = t.cells.iter().map(|c| c.count).collect();
        let masks: Vec<u16> = t.cells.iter().map(|c| c.mask).collect();
        let f = |g: fn(&tracewell_index::BriefSpan) -> f64| {
            t.spans.iter().map(|(_, s)| g(s)).collect::<Vec<f64>>()
        };
        let u8s =
            |g: fn(&tracewell_index::BriefSpan) -> u8| t.spans.iter().map(|(_, s)| g(s)).collect::<Vec<u8>>();
        let rows: Vec<u16> = t.spans.iter().map(|(row, _)| *row).collect();
        Ok(TileAnswer {
            level: self.level,
            tile: self.tile as f64,
            tracks: Uint32ArraySlice::copy_from(env, &t.tracks)?,
            states: Uint8ArraySlice::copy_from(env, &states)?,
            shares: Uint8ArraySlice::copy_from(env, &shares)?,
            counts: Uint16ArraySlice::copy_from(env, &counts)?,
            masks: Uint16ArraySlice::copy_from(env, &masks)?,
            span_track: Uint16ArraySlice::copy_from(env, &rows)?,
            span_start: Float64ArraySlice::copy_from(env, f(|s| s.start as f64))?,
            span_end: Float64ArraySlice::copy_from(env, f(|s| s.end as f64))?,
            span_state: Uint8ArraySlice::copy_from(env, u8s(|s| s.state as u8))?,
            span_goroutine: Float64ArraySlice::copy_from(env, f(|s| s.g as f64))?,
            span_label: Uint32ArraySlice::copy_from(env, &t.span_labels)?,
            span_flags: Uint8ArraySlice::copy_from(
                env,
                u8s(|s| u8::from(s.began_before) | u8::from(s.open) << 1),
            )?,
            labels: t.labels,
            exact: t.exact,
            complete: t.complete,
            indexed_to_nanos: t.indexed_to as f64,
        })
    }
}

/// `CounterBlock` of the contract.
#[napi(object)]
pub struct CounterAnswer<'env> {
    pub level: u32,
    pub tile: f64,
    pub means: Float32ArraySlice<'env>,
    pub maxima: Float32ArraySlice<'env>,
    pub complete: bool,
    pub indexed_to_nanos: f64,
}

pub struct CountersTask {
    slot: Slot,
    stop: Stop,
    level: u32,
    tile: u64,
}

impl<'env> ScopedTask<'env> for CountersTask {
    type Output = CounterTile;
    type JsValue = CounterAnswer<'env>;

    fn compute(&mut self) -> Result<CounterTile> {
        give_way_to_page();
        let trace = opened(&self.slot)?;
        guarded(|| trace.counters_while(self.level, self.tile, &|| self.stop.go_on()))
    }

    fn resolve(&mut self, env: &'env Env, t: CounterTile) -> Result<CounterAnswer<'env>> {
        let means: Vec<f32> = t.cells.iter().map(|c| c.mean).collect();
        let maxima: Vec<f32> = t.cells.iter().map(|c| c.max).collect();
        Ok(CounterAnswer {
            level: self.level,
            tile: self.tile as f64,
            means: Float32ArraySlice::copy_from(env, &means)?,
            maxima: Float32ArraySlice::copy_from(env, &maxima)?,
            complete: t.complete,
            indexed_to_nanos: t.indexed_to as f64,
        })
    }
}

/// `{engine, indexFormat}` as JSON text.
#[napi]
pub fn engine_version() -> String {
    serde_json::json!({"engine": env!("CARGO_PKG_VERSION"), "indexFormat": tracewell_index::INDEX_VERSION})
        .to_string()
}

/// What the indexes kept in the app's cache folder take.
#[napi(object)]
pub struct CacheUsage {
    /// Where they are; empty where the system has no place for caches.
    pub folder: String,
    /// Bytes on the disk.
    pub bytes: f64,
    /// Traces whose next opening needs no indexing.
    pub entries: u32,
}

/// What is kept in the cache folder (`TRACEWELL_CACHE_DIR`, else the system's) for the next opening of traces. Its limit is
/// `TRACEWELL_CACHE_MB`, 2 GiB by default, and 0 keeps nothing. For Settings. Cost: a look at each file of that folder.
#[napi]
pub fn cache_usage() -> CacheUsage {
    let cache = Cache::of_app(None);
    let usage = cache.as_ref().map(Cache::usage).unwrap_or_default();
    CacheUsage {
        folder: cache.map(|c| c.folder().display().to_string()).unwrap_or_default(),
        bytes: usage.bytes as f64,
        entries: usage.entries.min(u64::from(u32::MAX)) as u32,
    }
}

/// Removes what is kept in the cache folder; open traces are not touched by it. Errors: IO, when something stays.
#[napi]
pub fn clear_cache() -> Result<()> {
    let Some(cache) = Cache::of_app(None) else { return Ok(()) };
    cache.clear().map_err(|e| {
        thrown(TraceError::new(Code::Io, format!("Some of the cache could not be removed: {e}")))
    })
}
