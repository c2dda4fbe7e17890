//! Questions in JSON: one generic method of the addon, dispatched to a file for each file of the contract. A new
//! contract file is a file here and a line in `dispatch`.
//!
//! Questions run on threads of their own, not on libuv's pool, which tiles need: short ones (`is_short`) on one thread, in
//! order; the others, which may wait for a pass over the trace, on up to `LONG` threads, which let the page go first. What is more waits in a queue.

mod answers;
mod compare;
mod events;
mod input;
mod record_filter;
mod rows;
mod search;
mod table_filter;
mod tables;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tracewell_analysis::desk::{Call, Desk};
use tracewell_slice::{Trace, give_way, give_way_to_page};
use tracewell_source::{Code, Result, TraceError};

/// Threads for questions that may be long.
const LONG: usize = 8;
/// Questions that may wait: beyond them something is wrong on the other side.
const MOST_WAITING: usize = 1024;
/// Share of a trace's budget that folds of the pages may take.
const SHARE: usize = 2;
/// Of the trace's bytes, what a pass over the whole takes in nameless files.
const SCRATCH_SHARE: u64 = 5;

/// How often what is found for later looks whether it may go on.
const LOOK: Duration = Duration::from_millis(100);

/// The question of the home page, whose pass finds what comparisons need too.
const HOME: &str = "readHomeFigures";

/// What questions are put to.
pub struct Asked {
    pub trace: Arc<Trace>,
    pub desk: Desk,
    pub events: events::Events,
    pub counts: search::LastCounts,
    /// The digest was kept, or looked for, once: whoever clears the cache does not get it back by looking at a page again.
    pub digest_kept: AtomicBool,
}

impl Asked {
    pub fn new(trace: Arc<Trace>) -> Asked {
        let source = trace.source();
        let folder = trace.scratch(source.bytes().len() as u64 / SCRATCH_SHARE);
        let desk = Desk::new(source, trace.start(), trace.budget_bytes() / SHARE).with_folder(folder);
        Asked {
            trace,
            desk,
            events: events::Events::default(),
            counts: search::LastCounts::default(),
            digest_kept: AtomicBool::new(false),
        }
    }
}

/// The answer to `method`, as JSON. Errors: INTERNAL for a method that nobody serves, else those of the question.
fn dispatch(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Result<Value> {
    asked.desk.set_duration(asked.trace.known_nanos());
    let served = answers::ask(asked, method, input, call)
        .or_else(|| tables::ask(asked, method, input, call))
        .or_else(|| rows::ask(asked, method, input, call))
        .or_else(|| search::ask(asked, method, input, call))
        .or_else(|| events::ask(asked, method, input, call))
        .or_else(|| compare::ask(asked, method, input, call));
    served.unwrap_or_else(|| Err(TraceError::new(Code::Internal, format!("Nobody answers {method}"))))
}

/// Behind the index: of a small trace rows are made, which View trace shows. Behind its sketches what a comparison needs is
/// found and kept, so that an indexed trace is compared at once. On a thread that gives way to all others and ends with the
/// process, as the trace's tab does. While rows are made it waits, and begins anew where it was under way: of a large trace
/// both take much memory.
pub fn look_ahead(asked: Arc<Asked>) {
    let find = move || {
        // What goes wrong in either is told by the question that needs it.
        let rows = std::panic::AssertUnwindSafe(|| asked.trace.make_rows_ahead());
        let _ = std::panic::catch_unwind(rows);
        asked.trace.sketched();
        give_way();
        asked.desk.set_duration(asked.trace.known_nanos());
        let mut is_given_up = true;
        while is_given_up {
            while asked.trace.makes_rows() {
                std::thread::sleep(LOOK);
            }
            let stop = AtomicBool::new(false);
            let progress = |_| stop.store(asked.trace.makes_rows(), Ordering::Relaxed);
            let call = Call { stop: &stop, progress: &progress };
            let keep = std::panic::AssertUnwindSafe(|| compare::keep_digest(&asked, &call));
            let _ = std::panic::catch_unwind(keep);
            is_given_up = stop.load(Ordering::Relaxed);
        }
    };
    let _ = std::thread::Builder::new().name("ahead".into()).spawn(find);
}

/// Whether a question never waits for a pass.
fn is_short(method: &str) -> bool {
    tables::is_short(method) || rows::is_short(method) || search::is_short(method) || events::is_short(method)
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

/// Threads that take jobs in order; they are made when there is work for them and stay.
struct Workers {
    most: usize,
    queue: Mutex<Queue>,
    wake: Condvar,
}

impl Workers {
    fn new(most: usize) -> Workers {
        Workers { most, queue: Mutex::default(), wake: Condvar::new() }
    }

    fn put(self: &Arc<Self>, job: Job) -> Result<()> {
        let mut q = lock(&self.queue);
        if q.jobs.len() >= MOST_WAITING {
            return Err(TraceError::new(Code::Internal, "Too many questions wait for an answer"));
        }
        q.jobs.push_back(job);
        if q.idle >= q.jobs.len() || q.threads >= self.most {
            self.wake.notify_one();
            return Ok(());
        }
        let me = self.clone();
        match std::thread::Builder::new().name("ask".into()).spawn(move || me.work()) {
            Ok(_) => q.threads += 1,
            Err(_) if q.threads > 0 => self.wake.notify_one(),
            Err(e) => {
                q.jobs.pop_back();
                return Err(TraceError::new(Code::Internal, format!("No thread could be started: {e}")));
            }
        }
        Ok(())
    }

    fn work(&self) {
        if self.most > 1 {
            give_way_to_page();
        }
        let mut q = lock(&self.queue);
        loop {
            match q.jobs.pop_front() {
                Some(job) => {
                    drop(q);
                    job();
                    q = lock(&self.queue);
                }
                None => {
                    q.idle += 1;
                    q = self.wake.wait(q).unwrap_or_else(PoisonError::into_inner);
                    q.idle -= 1;
                }
            }
        }
    }
}

fn workers(short: bool) -> &'static Arc<Workers> {
    static POOLS: OnceLock<[Arc<Workers>; 2]> = OnceLock::new();
    let [long_ones, short_ones] =
        POOLS.get_or_init(|| [Arc::new(Workers::new(LONG)), Arc::new(Workers::new(1))]);
    if short { short_ones } else { long_ones }
}

/// Questions under way, by the number that the other side gave them.
#[derive(Default)]
pub struct Calls {
    stops: Mutex<HashMap<u32, Arc<AtomicBool>>>,
}

impl Calls {
    /// Puts a question into the queue; `done` gets the answer on another thread. Errors: INTERNAL when it cannot wait.
    pub fn ask(
        self: &Arc<Self>,
        asked: Arc<Asked>,
        id: u32,
        question: (String, String),
        progress: impl Fn(f64) + Send + 'static,
        done: impl FnOnce(Result<String>) + Send + 'static,
    ) -> Result<()> {
        let stop = Arc::new(AtomicBool::new(false));
        lock(&self.stops).insert(id, stop.clone());
        let me = self.clone();
        let short = is_short(&question.0);
        let is_home = question.0 == HOME;
        let job = move || {
            let call = Call { stop: &stop, progress: &progress };
            let (method, input) = question;
            let answered = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                call.check()?;
                let input: Value = serde_json::from_str(&input).map_err(|e| {
                    TraceError::new(
                        Code::Internal,
                        format!("{method} was asked in words that are not JSON: {e}"),
                    )
                })?;
                dispatch(&asked, &method, &input, &call).map(|v| v.to_string())
            }));
            lock(&me.stops).remove(&id);
            let was_told = matches!(answered, Ok(Ok(_)));
            done(answered.unwrap_or_else(|_| {
                Err(TraceError::new(
                    Code::Internal,
                    "Tracewell failed while it answered; please report it with the trace",
                ))
            }));
            if is_home && was_told {
                // Nobody waits for it: what goes wrong here is told by the question that needs it.
                let keep = std::panic::AssertUnwindSafe(|| compare::keep_digest(&asked, &call));
                let _ = std::panic::catch_unwind(keep);
            }
        };
        let put = workers(short).put(Box::new(job));
        if put.is_err() {
            lock(&self.stops).remove(&id);
        }
        put
    }

    /// Gives a question up; it is answered by CANCELLED soon.
    pub fn cancel(&self, id: u32) {
        if let Some(stop) = lock(&self.stops).get(&id) {
            stop.store(true, Ordering::Relaxed);
        }
    }
}
