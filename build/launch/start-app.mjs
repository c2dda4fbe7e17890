// Starts Electron on the built app with a request, and listens to what main answers: single lines on standard output,
// `@tracewell {"event": …}`. All else that Electron prints is kept back unless it ends badly.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { isRoot, root } from '../paths.mjs';
import { watchMemory } from './memory.mjs';

/** @typedef {import('../../main/app/launch-words.mjs').LaunchRequest} LaunchRequest */

/**
 * @typedef {{ event: 'window-shown' } | { event: 'done' } | { event: 'error', code: string, message: string }
 *   | { event: 'timing', ms: Record<string, number> }} AppEvent
 */

/**
 * @typedef {object} AppEnd
 * @property {boolean} ended false: the window is shown, and the app goes on without us
 * @property {{ code: string, message: string } | null} error
 * @property {Record<string, number> | null} timing the line of `--timing`
 */

/** @typedef {{ code: number | null, signal: string | null }} Exit `signal`: what ended it, in words */

const PREFIX = '@tracewell ';
const POLL_MS = 15;
/** Main gives up by itself when a picture takes too long; one that does not even do that is ended so long after. */
const GRACE_MS = 20_000;

/**
 * Resolves when the window is shown (`open`), when the app has ended (`shot`, `open --wait`), or when it failed.
 * @param {LaunchRequest} request
 * @param {{ exe: string, env: Record<string, string> }} options
 * @returns {Promise<AppEnd>}
 */
export async function startApp(request, { exe, env }) {
  const temp = mkdtempSync(join(tmpdir(), 'tracewell-run-'));
  // Files, not pipes: an app that outlives us would fail at its next word to a broken pipe.
  const files = { out: join(temp, 'out'), err: join(temp, 'err') };
  const out = openSync(files.out, 'a');
  const err = openSync(files.err, 'a');
  const args = [...(isRoot ? ['--no-sandbox'] : []), root, `--tracewell-request=${JSON.stringify(request)}`];
  const stays = request.verb === 'open' && !request.wait;
  const childEnv = { ...process.env, ...env };
  // Set in the terminals of some editors; Electron would be a plain Node.
  delete childEnv['ELECTRON_RUN_AS_NODE'];
  const child = spawn(exe, args, { env: childEnv, stdio: ['ignore', out, err], detached: stays });
  closeSync(out);
  closeSync(err);
  const memory = request.timing && child.pid ? watchMemory(child.pid) : null;
  const kill = () => child.kill();
  process.once('SIGINT', kill);
  process.once('SIGTERM', kill);
  const events = followEvents(files.out);
  /** @type {AppEnd} */
  const end = { ended: true, error: null, timing: null };
  /** @type {{ end: Exit | null }} */
  const exit = { end: null };
  let done = false;
  const overAtMs = request.verb === 'shot' ? Date.now() + request.limitSeconds * 1000 + GRACE_MS : Infinity;
  child.once('error', (e) => (exit.end = { code: null, signal: e.message }));
  child.once('exit', (code, signal) => (exit.end = { code, signal }));
  try {
    for (;;) {
      // Read once more after the end: the last words may have come just before it.
      const last = exit.end;
      for (const event of events.next()) {
        if (event.event === 'error') end.error = { code: event.code, message: event.message };
        else if (event.event === 'timing') end.timing = timingOf(event.ms);
        else if (event.event === 'done') done = true;
        else if (event.event === 'window-shown' && stays) {
          child.unref();
          return { ...end, ended: false };
        }
      }
      if (last) {
        if (last.code !== 0 && !end.error && !done) end.error = { code: 'INTERNAL', message: badEnd(last, files.err) };
        if (request.verb === 'shot' && !done && !end.error)
          end.error = { code: 'INTERNAL', message: 'The app ended before it had made the picture.' };
        return end;
      }
      if (Date.now() > overAtMs && child.exitCode === null) {
        end.error ??= { code: 'TIMED_OUT', message: 'the app hung and was ended; there is no picture.' };
        child.kill('SIGKILL');
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    events.close();
    process.off('SIGINT', kill);
    process.off('SIGTERM', kill);
    const peak = memory?.stop();
    if (peak && end.timing) {
      Object.assign(end.timing, {
        peak_memory_bytes: peak.totalBytes,
        peak_memory_file_bytes: peak.fileBytes,
        processes: peak.processCount,
      });
    }
    // An app that goes on keeps its open files; they are gone when it ends.
    rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The events that stand in a growing file, each once. @param {string} file */
function followEvents(file) {
  const fd = openSync(file, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    /** @returns {AppEvent[]} */
    next() {
      for (let n; (n = readSync(fd, buffer, 0, buffer.length, null)) > 0;) rest += decoder.write(buffer.subarray(0, n));
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      return lines.filter((line) => line.startsWith(PREFIX)).map((line) => JSON.parse(line.slice(PREFIX.length)));
    },
    close: () => closeSync(fd),
  };
}

/** @param {Exit} exit @param {string} errFile */
function badEnd(exit, errFile) {
  const lines = readFileSync(errFile, 'utf8').trim().split('\n');
  const how = exit.signal ? `was ended (${exit.signal})` : `ended with ${exit.code}`;
  return `The app ${how}. Its last words:\n${lines.slice(-12).join('\n')}`;
}

/** `{ windowShown: 12 }` → `{ window_shown_ms: 12 }`, as all JSON of the command line is spelled. @param {Record<string, number>} ms */
function timingOf(ms) {
  const snake = (/** @type {string} */ name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(ms).map(([name, value]) => [`${snake(name)}_ms`, value]));
}
