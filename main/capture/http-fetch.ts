// Fetches one answer over http or https into a file: bounded in size, time and redirects, from the address that was
// looked at and no other.
import type { WriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { once } from 'node:events';
import type { CaptureLimits } from '../../contract/capture-api';
import { reachOf, redirectQuestion, requireHttp, type Reach } from './address';
import { CaptureError, cancelled, connectionFailure, diskFailure, httpFailure } from './failure';

const MAX_REDIRECTS = 5;
/** Header lines beyond this end the connection; Node's own limit, said here. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_ERROR_BODY_BYTES = 4096;

export interface FetchParts {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: CaptureLimits;
  /** Nothing came for so long: the other side hangs. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** Asks the user about a redirect. */
  readonly ask: (question: string) => Promise<boolean>;
  readonly onBytes: (doneBytes: number, totalBytes: number | null) => void;
}

interface Target {
  readonly url: URL;
  readonly ip: string;
  readonly reach: Reach;
}

/**
 * Fetches `url` into `out`; null: the bytes are counted and dropped. Answers the number of bytes.
 * Errors: all of CaptureFailure but PROGRAM. `out` is closed in every case.
 */
export async function fetchInto(url: URL, out: WriteStream | null, parts: FetchParts): Promise<number> {
  const deadline = AbortSignal.timeout(parts.limits.maxSeconds * 1000);
  try {
    const response = await followTo(url, parts, deadline);
    return await pour(response, out, url, parts, deadline);
  } catch (e) {
    throw endOf(e, parts, deadline, url);
  } finally {
    out?.destroy();
  }
}

function endOf(e: unknown, parts: FetchParts, deadline: AbortSignal, url: URL): CaptureError {
  if (parts.signal.aborted) return cancelled();
  if (deadline.aborted)
    return new CaptureError(
      'TIMED_OUT',
      `The answer of ${url.host} took longer than ${parts.limits.maxSeconds} s; nothing was kept.`,
    );
  return connectionFailure(e, url.host);
}

async function resolve(url: URL): Promise<Target> {
  requireHttp(url);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const ip = isIP(name) ? name : (await (await import('node:dns/promises')).lookup(name)).address;
  return { url, ip, reach: reachOf(ip) };
}

async function followTo(url: URL, parts: FetchParts, deadline: AbortSignal): Promise<IncomingMessage> {
  let target = await resolve(url);
  if (target.reach === 'metadata')
    throw new CaptureError(
      'NOT_ALLOWED',
      `${url.host} is an address that only a machine itself should ask; it is not fetched.`,
    );
  let { headers } = parts;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await request(target, { ...parts, headers }, deadline);
    const status = response.statusCode ?? 0;
    const to = response.headers.location;
    if (status < 300 || status >= 400 || to === undefined) {
      if (status !== 200) throw httpFailure(status, await readSome(response), target.url.host);
      return response;
    }
    response.destroy();
    const next = await resolve(new URL(to, target.url));
    const question = redirectQuestion(target.url, target.reach, next.url, next.reach);
    if (question !== null && !(await parts.ask(question)))
      throw new CaptureError('NOT_ALLOWED', `The redirect to ${next.url.host} was not followed; nothing was saved.`);
    // Headers may be keys: they are for the host they were given for.
    if (next.url.host !== target.url.host) headers = {};
    target = next;
  }
  throw new CaptureError('NOT_ALLOWED', `${url.host} redirects again and again; nothing was saved.`);
}

async function request(target: Target, parts: FetchParts, deadline: AbortSignal): Promise<IncomingMessage> {
  // The address that was judged is the one that is asked, whatever the name resolves to a moment later.
  const pinned = ((_name, options, done) => {
    const family = isIP(target.ip);
    if (options.all)
      (done as (e: null, all: { address: string; family: number }[]) => void)(null, [{ address: target.ip, family }]);
    else (done as (e: null, address: string, family: number) => void)(null, target.ip, family);
  }) as LookupFunction;
  // Loaded here: every start of the app would pay for them, and few starts fetch anything.
  const client = await (target.url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const sent = client.request(target.url, {
    method: parts.method,
    headers: { 'user-agent': 'Tracewell', accept: '*/*', ...parts.headers },
    lookup: pinned,
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const stop = (): void => void sent.destroy(cancelled());
  for (const s of [parts.signal, deadline]) {
    if (s.aborted) throw cancelled();
    s.addEventListener('abort', stop, { once: true });
  }
  let answer: IncomingMessage | null = null;
  // N.B. the answer, once there is one: ended by the request it would only say that the connection was closed.
  sent.setTimeout(parts.idleMs, () =>
    (answer ?? sent).destroy(
      new CaptureError(
        'TIMED_OUT',
        `${target.url.host} sent nothing for ${Math.round(parts.idleMs / 1000)} s; nothing was kept.`,
      ),
    ),
  );
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  sent.on('error', () => undefined); // told by `answered`, or by the response's own stream
  sent.end();
  const [response] = await answered;
  answer = response;
  return response;
}

async function readSome(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += (chunk as Buffer).toString('utf8');
      if (text.length > MAX_ERROR_BODY_BYTES) break;
    }
  } catch {
    // What came is enough.
  }
  response.destroy();
  return text.slice(0, MAX_ERROR_BODY_BYTES);
}

async function pour(
  response: IncomingMessage,
  out: WriteStream | null,
  url: URL,
  parts: FetchParts,
  deadline: AbortSignal,
): Promise<number> {
  const length = Number(response.headers['content-length'] ?? NaN);
  const total = Number.isSafeInteger(length) ? length : null;
  const tooLarge = (): CaptureError =>
    new CaptureError(
      'TOO_LARGE',
      `The answer of ${url.host} is larger than ${Math.round(parts.limits.maxBytes / 2 ** 20)} MiB; nothing was kept. Raise the limit, or ask for fewer seconds.`,
    );
  if (total !== null && total > parts.limits.maxBytes) {
    response.destroy();
    throw tooLarge();
  }
  let failed: Error | null = null;
  out?.on('error', (e) => (failed = e));
  let done = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (parts.signal.aborted || deadline.aborted) throw cancelled();
    if (failed) throw diskFailure(failed);
    done += chunk.length;
    if (done > parts.limits.maxBytes) throw tooLarge();
    parts.onBytes(done, total);
    if (out && !out.write(chunk)) await drained(out);
  }
  if (!response.complete) throw Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' });
  if (out) await ended(out);
  return done;
}

async function drained(out: WriteStream): Promise<void> {
  try {
    await once(out, 'drain');
  } catch (e) {
    throw diskFailure(e);
  }
}

async function ended(out: WriteStream): Promise<void> {
  try {
    out.end();
    if (!out.writableFinished) await once(out, 'finish');
  } catch (e) {
    throw diskFailure(e);
  }
}
