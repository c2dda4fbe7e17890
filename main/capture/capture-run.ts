// One capture under way: its files, what it tells, what it leaves when it ends.
import path from 'node:path';
import type { CapturedFile, CaptureLimits, CaptureProgress } from '../../contract/capture-api';
import { CaptureError } from './failure';
import { PartFile } from './part-file';

export interface CaptureRunParts {
  readonly limits: CaptureLimits;
  readonly signal: AbortSignal;
  /** Where the trace goes; several traces get names beside it. */
  readonly target: string;
  readonly mayReplace: boolean;
  readonly tell: (progress: Omit<CaptureProgress, 'captureId'>) => void;
  readonly ask: (question: string) => Promise<boolean>;
  readonly now: () => number;
  readonly pollMs: number;
}

export class CaptureRun {
  readonly files: CapturedFile[] = [];
  readonly notes: string[] = [];
  readonly #parts: CaptureRunParts;
  readonly #open = new Set<PartFile>();
  readonly #startedAtMs: number;
  #doing = '';
  #done = 0;
  #total: number | null = null;
  #expectedMs: number | null = null;
  #output: readonly string[] = [];

  constructor(parts: CaptureRunParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.now();
  }

  get limits(): CaptureLimits {
    return this.#parts.limits;
  }
  get signal(): AbortSignal {
    return this.#parts.signal;
  }
  get pollMs(): number {
    return this.#parts.pollMs;
  }
  get output(): readonly string[] {
    return this.#output;
  }

  ask(question: string): Promise<boolean> {
    return this.#parts.ask(question);
  }

  /** A new hidden file; `suffix`: one of several traces, told apart by it. */
  async newPart(suffix: string | null): Promise<PartFile> {
    const part = await PartFile.create(
      suffix === null ? this.#parts.target : besideName(this.#parts.target, suffix),
      this.#parts.mayReplace,
    );
    this.#open.add(part);
    return part;
  }

  async keep(part: PartFile): Promise<void> {
    this.#open.delete(part);
    this.files.push(await part.complete());
  }

  async drop(part: PartFile): Promise<void> {
    this.#open.delete(part);
    await part.discard();
  }

  /** Nothing half-written stays, whatever happened. */
  async dropAll(): Promise<void> {
    await Promise.all([...this.#open].map((p) => this.drop(p)));
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  expect(ms: number): void {
    this.#expectedMs = ms;
  }

  doing(what: string): void {
    if (what === this.#doing) return;
    this.#doing = what;
    this.tell();
  }

  bytes(done: number, total: number | null): void {
    this.#done = done;
    this.#total = total;
  }

  said(output: readonly string[]): void {
    this.#output = output;
    this.tell();
  }

  /** A program is writing `part`. Errors: TOO_LARGE. */
  async wrote(part: PartFile, output: readonly string[]): Promise<void> {
    this.#output = output;
    this.#done = await part.sizeBytes();
    if (this.#done > this.limits.maxBytes)
      throw new CaptureError(
        'TOO_LARGE',
        `The trace grew beyond ${Math.round(this.limits.maxBytes / 2 ** 20)} MiB and was ended; nothing was kept. Raise the limit, or trace less.`,
      );
  }

  /** Called from outside a few times a second, so that time goes on where no bytes come. */
  tell(): void {
    this.#parts.tell({
      doing: this.#doing,
      doneBytes: this.#done,
      totalBytes: this.#total,
      elapsedMs: this.#parts.now() - this.#startedAtMs,
      expectedMs: this.#expectedMs,
      output: this.#output.slice(-40),
    });
  }
}

/** `out.trace` and `example.com/a/b` → `out-example.com_a_b.trace`. */
export function besideName(target: string, suffix: string): string {
  const { dir, name, ext } = path.parse(target);
  const plain = suffix.replace(/[^A-Za-z0-9._-]+/g, '_').slice(-80);
  return path.join(dir, `${name}-${plain}${ext}`);
}
