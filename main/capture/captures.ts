// The capture that is under way: at most one, for two at once would disturb each other's figures.
import path from 'node:path';
import type { CaptureEnd, CaptureId, CaptureLimits, CaptureProgress, CaptureSource } from '../../contract/capture-api';
import { captureGoTest } from './capture-go-test';
import { capturePprof, captureUrl } from './capture-http';
import { captureProgram } from './capture-program';
import { CaptureRun } from './capture-run';
import { CaptureError } from './failure';
import { sweepParts } from './part-file';

export interface CapturesParts {
  /** Where traces go when no file was chosen. */
  readonly folder: string;
  onProgress(progress: CaptureProgress): void;
  onEnd(end: CaptureEnd): void;
  /** Asks the user; false is the answer of someone who does not want to. */
  ask(question: string, yes: string): Promise<boolean>;
  now(): number;
}

const POLL_MS = 250;

/** Host, folder or program. */
function subjectOf(source: CaptureSource): string {
  switch (source.kind) {
    case 'pprof':
    case 'url':
      return source.url.replace(/^[a-z]+:\/\//i, '').replace(/[/?#].*$/, '');
    case 'go-test':
      return path.basename(source.directory);
    case 'program':
      return path.basename(source.command.trim().split(/\s+/, 1)[0] ?? '');
  }
}

/** `trace-localhost-6060-20261122-151241.trace`: what it is of, and when. */
export function captureName(source: CaptureSource, nowMs: number): string {
  const when = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const plain = subjectOf(source)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `trace-${plain === '' ? source.kind : plain}-${when}.trace`;
}

function capture(run: CaptureRun, source: CaptureSource): Promise<void> {
  switch (source.kind) {
    case 'pprof':
      return capturePprof(run, source);
    case 'url':
      return captureUrl(run, source);
    case 'go-test':
      return captureGoTest(run, source);
    case 'program':
      return captureProgram(run, source);
  }
}

export class Captures {
  readonly #parts: CapturesParts;
  #current: { id: CaptureId; stop: AbortController; done: Promise<void> } | null = null;
  #nextId = 1;
  /** Programs that the user agreed to in this session: asked once. */
  readonly #agreed = new Set<string>();

  constructor(parts: CapturesParts) {
    this.#parts = parts;
  }

  /** Removes what a crash left in the folder of captures. */
  async sweep(): Promise<void> {
    if (!this.#current) await sweepParts(this.#parts.folder);
  }

  /** Errors: a sentence when one is under way. The rest comes by `onEnd`. */
  start(source: CaptureSource, limits: CaptureLimits, save: { path: string; mayReplace: boolean } | null): CaptureId {
    if (this.#current) throw new Error('Another capture is under way; wait for its end, or cancel it.');
    const id = this.#nextId++;
    const stop = new AbortController();
    const target = save?.path ?? path.join(this.#parts.folder, captureName(source, this.#parts.now()));
    const run = new CaptureRun({
      limits,
      signal: stop.signal,
      target,
      mayReplace: save?.mayReplace ?? false,
      tell: (p) => this.#parts.onProgress({ captureId: id, ...p }),
      ask: (question) => this.#parts.ask(question, 'Follow'),
      now: () => this.#parts.now(),
      pollMs: POLL_MS,
    });
    this.#current = { id, stop, done: this.#run(id, run, source) };
    return id;
  }

  cancel(id: CaptureId): void {
    if (this.#current?.id === id) this.#current.stop.abort();
  }

  /** Cancels and waits until nothing half-written is left. */
  async end(): Promise<void> {
    this.#current?.stop.abort();
    await this.#current?.done;
  }

  async #run(id: CaptureId, run: CaptureRun, source: CaptureSource): Promise<void> {
    let end: CaptureEnd;
    const ticks = setInterval(() => run.tell(), POLL_MS);
    try {
      await this.#agree(source);
      await capture(run, source);
      end = { captureId: id, output: run.output, kind: 'done', files: run.files, notes: run.notes };
    } catch (e) {
      end = { captureId: id, output: run.output, kind: 'failed', ...failureOf(e) };
    }
    clearInterval(ticks);
    await run.dropAll();
    this.#current = null;
    this.#parts.onEnd(end);
  }

  /**
   * A page can only ask; that a program is run is agreed to in a dialog of the operating system, where a page that was
   * taken over cannot press the button.
   */
  async #agree(source: CaptureSource): Promise<void> {
    if (source.kind !== 'program' && source.kind !== 'go-test') return;
    const what = source.kind === 'program' ? source.command : `go test -trace ${source.packages || '.'}`;
    const key = JSON.stringify([source.directory, what]);
    if (this.#agreed.has(key)) return;
    if (!(await this.#parts.ask(`Run “${what.slice(0, 400)}” in ${source.directory}?`, 'Run')))
      throw new CaptureError('CANCELLED', 'The program was not run.');
    this.#agreed.add(key);
  }
}

function failureOf(e: unknown): { code: CaptureError['code']; message: string } {
  if (e instanceof CaptureError) return { code: e.code, message: e.message };
  return { code: 'DISK', message: `The capture failed: ${(e as Error).message}` };
}
