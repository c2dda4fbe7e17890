// A trace over http: from net/http/pprof, or from any address that answers with one.
import type { CaptureSource } from '../../contract/capture-api';
import { readAddress } from './address';
import type { CaptureRun } from './capture-run';
import { CaptureError } from './failure';
import { fetchInto, type FetchParts } from './http-fetch';

/** Nothing for so long beyond what was asked for: the other side hangs. */
const IDLE_MS = 30_000;
const PPROF_TRACE = '/debug/pprof/trace';
/** The profile is thrown away; an endless one ends with this. */
const MAX_PROFILE_BYTES = 256 * 2 ** 20;

/** The addresses of a trace and of a CPU profile over the same time. Errors: BAD_REQUEST, NOT_ALLOWED. */
export function pprofAddresses(typed: string, seconds: number): { trace: URL; profile: URL } {
  const trace = readAddress(typed, PPROF_TRACE);
  // `…/debug/pprof/` is what people have in the browser.
  if (/\/debug\/pprof\/?$/.test(trace.pathname)) trace.pathname = PPROF_TRACE;
  trace.searchParams.set('seconds', String(seconds));
  const profile = new URL(trace);
  profile.pathname = trace.pathname.replace(/\/[^/]*$/, '/profile');
  return { trace, profile };
}

export async function capturePprof(run: CaptureRun, source: Extract<CaptureSource, { kind: 'pprof' }>): Promise<void> {
  const { trace, profile } = pprofAddresses(source.url, source.seconds);
  // The program answers when it has traced to the end; then the rest is only bytes.
  const maxSeconds = Math.max(run.limits.maxSeconds, source.seconds + 60);
  const limits = { ...run.limits, maxSeconds };
  run.expect(source.seconds * 1000);
  const stopProfile = new AbortController();
  const stop = (): void => stopProfile.abort();
  run.signal.addEventListener('abort', stop, { once: true });
  const samples = source.withCpuSamples ? fetchProfile(run, profile, limits, source.seconds, stopProfile.signal) : null;
  try {
    await fetchTrace(run, trace, { method: 'GET', headers: {}, limits, idleMs: source.seconds * 1000 + IDLE_MS });
    const refused = await samples;
    if (refused !== null) run.note(`No CPU samples are in the trace: ${refused}`);
  } finally {
    stop();
    run.signal.removeEventListener('abort', stop);
    await samples;
  }
}

/** Null, or why there is no profile. */
function fetchProfile(
  run: CaptureRun,
  url: URL,
  limits: FetchParts['limits'],
  seconds: number,
  signal: AbortSignal,
): Promise<string | null> {
  return fetchInto(url, null, {
    method: 'GET',
    headers: {},
    limits: { ...limits, maxBytes: MAX_PROFILE_BYTES },
    idleMs: seconds * 1000 + IDLE_MS,
    signal,
    // The trace asks; a profile that would need another question is not worth it.
    ask: () => Promise.resolve(false),
    onBytes: () => undefined,
  }).then(
    () => null,
    (e: unknown) => (run.signal.aborted ? null : (e as Error).message),
  );
}

export function captureUrl(run: CaptureRun, source: Extract<CaptureSource, { kind: 'url' }>): Promise<void> {
  const url = readAddress(source.url, '/');
  return fetchTrace(run, url, {
    method: source.method,
    headers: readHeaders(source.headers),
    limits: run.limits,
    idleMs: IDLE_MS,
  });
}

/** Errors: BAD_REQUEST. */
export function readHeaders(given: readonly { name: string; value: string }[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value } of given) {
    if (name.trim() === '') continue;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name.trim()) || /[\r\n\0]/.test(value))
      throw new CaptureError(
        'BAD_REQUEST',
        `“${name.slice(0, 40)}” is not a header that can be sent; it looks like Authorization.`,
      );
    headers[name.trim()] = value.trim();
  }
  return headers;
}

async function fetchTrace(
  run: CaptureRun,
  url: URL,
  how: Pick<FetchParts, 'method' | 'headers' | 'limits' | 'idleMs'>,
): Promise<void> {
  const part = await run.newPart(null);
  run.doing(`Waiting for the first bytes of ${url.host}`);
  await fetchInto(url, part.stream(), {
    ...how,
    signal: run.signal,
    ask: (question) => run.ask(question),
    onBytes: (done, total) => {
      run.doing(`Receiving the trace of ${url.host}`);
      run.bytes(done, total);
    },
  });
  await run.keep(part);
}
