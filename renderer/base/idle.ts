// When is the page at rest? Every reason not to be is tracked here, so that tests and `shot` wait for a fact instead
// of sleeping: a request under way, a redraw that is due, an animation that runs.

const busy = new Map<symbol, string>();
let waiters: (() => void)[] = [];
let checkPending = false;

/** One turn of the event loop, so that watchers and follow-up requests of what just ended have been made. */
function afterATurn(f: () => void): void {
  setTimeout(f, 0);
}

function check(): void {
  checkPending = false;
  if (busy.size > 0) return;
  const all = waiters;
  waiters = [];
  for (const w of all) w();
}

function scheduleCheck(): void {
  if (checkPending || busy.size > 0 || waiters.length === 0) return;
  checkPending = true;
  afterATurn(check);
}

/** Notes a reason why the page is not at rest; the function that is returned takes it back (once, later calls do nothing). */
export function trackBusy(reason: string): () => void {
  const key = Symbol(reason);
  busy.set(key, reason);
  return () => {
    if (busy.delete(key)) scheduleCheck();
  };
}

/** Tracks a promise until it settles, and hands it on. */
export function trackPromise<T>(reason: string, promise: Promise<T>): Promise<T> {
  const done = trackBusy(reason);
  promise.then(done, done);
  return promise;
}

/** Resolves when nothing has been pending for a turn of the event loop. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    waiters.push(resolve);
    scheduleCheck();
  });
}

/** What is pending now, for the message of a test that waited too long. */
export const busyReasons = (): string[] => [...busy.values()];

declare global {
  interface Window {
    /** For tests and `tracewell shot` only: the product never reads it. */
    __tracewell?: { idle: () => Promise<void>; busyReasons: () => string[] };
  }
}

/** Makes `window.__tracewell.idle()` available to whoever drives the page from outside. */
export function installIdle(): void {
  window.__tracewell = { ...window.__tracewell, idle, busyReasons };
}
