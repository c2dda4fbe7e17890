// Where every way to open ends: dialog, drop, recent traces, command line, second instance, the OS's double-click.
// Looks at the file, gives it a TraceId, starts its engine and tells the page.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { ErrorCode, TraceError } from '../../contract/errors';
import type { OpenedTrace } from '../../contract/shell-api';
import type { TraceId } from '../../contract/units';

/** The folder of a path as people write it. */
export function displayDirectory(file: string, home = homedir()): string {
  const dir = path.dirname(file);
  if (dir === home) return '~';
  return dir.startsWith(home + path.sep) ? `~${dir.slice(home.length)}` : dir;
}

const failure = (code: ErrorCode, message: string): { sizeBytes: null; error: TraceError } => ({
  sizeBytes: null,
  error: { code, message, offsetBytes: null },
});

/** What can be said of a file without reading it. Content is the engine's business. Errors: codes about files, never thrown. */
export async function checkFile(file: string): Promise<{ sizeBytes: number | null; error: TraceError | null }> {
  const name = path.basename(file);
  try {
    const found = await stat(file);
    if (found.isDirectory()) return failure('IS_DIRECTORY', `${name} is a folder; open a trace file inside it.`);
    if (!found.isFile())
      return failure(
        'IO',
        `${name} is not an ordinary file (a device, a pipe or a socket); copy its content to a file first.`,
      );
    await access(file, constants.R_OK);
    if (found.size > 0) return { sizeBytes: found.size, error: null };
    return { ...failure('EMPTY', `${name} is empty: nothing was written to it; take the trace again.`), sizeBytes: 0 };
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return failure('NOT_FOUND', `There is no file ${name} in ${displayDirectory(file)}; it was moved or deleted.`);
    if (code === 'EACCES' || code === 'EPERM')
      return failure('NO_PERMISSION', `You may not read ${name}; ask its owner, or change its permissions.`);
    return failure('IO', `The operating system could not look at ${name} (${code || String(e)}); try again.`);
  }
}

/** A trace as the page is told of it, about to be read. */
const described = (
  traceId: TraceId,
  file: string,
  section: number,
  sizeBytes: number | null,
  error: TraceError | null,
): OpenedTrace => ({
  traceId,
  path: file,
  section,
  fileName: section === 1 ? path.basename(file) : `${path.basename(file)} (part ${section})`,
  directory: displayDirectory(file),
  sizeBytes,
  error,
  starting: error === null,
  replaced: false,
  asleep: false,
});

export interface OpenTraceParts {
  /** Starts an engine for the trace and hands its port to the page. Throws when it must not (too many restarts). */
  startEngine(trace: OpenedTrace): void;
  stopEngine(traceId: TraceId): void;
  /** Takes the file as the one that is opened and watches it from now on. True when this id had another one before. */
  watchFile(traceId: TraceId, file: string): Promise<boolean>;
  unwatchFile(traceId: TraceId): void;
  /** Tells the page: a new tab, or news of a tab it has. */
  announce(trace: OpenedTrace): void;
  /** A readable file was opened: it belongs into the list of recent traces. */
  remember(trace: OpenedTrace): void;
}

/** The open traces of the window. Ids count up and are never used again. */
export class OpenTraces {
  readonly #parts: OpenTraceParts;
  readonly #open = new Map<TraceId, OpenedTrace>();
  #nextId = 1;

  constructor(parts: OpenTraceParts) {
    this.#parts = parts;
  }

  all(): OpenedTrace[] {
    return [...this.#open.values()];
  }

  get(traceId: TraceId): OpenedTrace | undefined {
    return this.#open.get(traceId);
  }

  /** Opens files in order. One that is open already comes to the front instead; if it had failed, it is tried again. */
  async openPaths(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const path_ = path.resolve(file);
      await this.#show(this.#of(path_, 1), path_, 1);
    }
  }

  /** Opens another trace of the file of an open trace, in a tab of its own; one that is open comes to the front. */
  async openSection(traceId: TraceId, section: number): Promise<void> {
    const file = this.#open.get(traceId)?.path;
    if (file !== undefined) await this.#show(this.#of(file, section), file, section);
  }

  #of(file: string, section: number): OpenedTrace | undefined {
    return this.all().find((t) => t.path === file && t.section === section);
  }

  async #show(known: OpenedTrace | undefined, file: string, section: number): Promise<void> {
    if (known && !known.error && !known.asleep) this.#parts.announce({ ...known, starting: false, replaced: false });
    else await this.#begin(known?.traceId ?? this.#nextId++, file, section);
  }

  /** Tabs of the last session: they stand there without an engine until somebody looks at them (`reopen`). */
  async restorePaths(files: readonly string[]): Promise<void> {
    // All are taken before one is looked at: the page may ask for one meanwhile, and must not get it twice.
    const taken: OpenedTrace[] = [];
    for (const file of files) {
      if (this.#of(file, 1)) continue;
      const trace = { ...described(this.#nextId++, file, 1, null, null), starting: false, asleep: true };
      this.#open.set(trace.traceId, trace);
      taken.push(trace);
    }
    for (const { traceId, path: file } of taken) {
      const { sizeBytes, error } = await checkFile(file);
      if (!this.#open.get(traceId)?.asleep) continue;
      const trace = { ...described(traceId, file, 1, sizeBytes, error), starting: false, asleep: error === null };
      this.#open.set(traceId, trace);
      this.#parts.announce(trace);
    }
  }

  /** Looks at the file again and starts a new engine under the same id. */
  async reopen(traceId: TraceId): Promise<void> {
    const known = this.#open.get(traceId);
    if (!known) return;
    this.#parts.stopEngine(traceId);
    await this.#begin(traceId, known.path, known.section);
  }

  close(traceId: TraceId): void {
    this.#parts.stopEngine(traceId);
    this.#parts.unwatchFile(traceId);
    this.#open.delete(traceId);
  }

  /** The page was loaded anew: it gets all its traces again, with new engines, for ports cannot be handed over twice. */
  async resend(): Promise<void> {
    for (const trace of this.all()) {
      if (trace.asleep) this.#parts.announce(trace);
      else await this.reopen(trace.traceId);
    }
  }

  async #begin(traceId: TraceId, file: string, section: number): Promise<void> {
    const { sizeBytes, error } = await checkFile(file);
    // N.B. before the engine opens it: a change in between is then seen as one.
    const replaced = error === null && (await this.#parts.watchFile(traceId, file));
    const trace: OpenedTrace = { ...described(traceId, file, section, sizeBytes, error), replaced };
    this.#open.set(traceId, trace);
    this.#parts.announce(trace);
    if (error) return;
    this.#parts.startEngine(trace);
    // The file is remembered, and figures of its first trace.
    if (section === 1) this.#parts.remember(trace);
  }
}
