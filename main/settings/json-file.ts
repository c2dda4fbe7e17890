// One JSON file of ours: read with its shape checked, written atomically, set aside when it is not readable.
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { readFileSync, writeFile } from 'atomically';
import * as v from 'valibot';

/** Brings what an earlier version wrote to the form of this one; hands on what it does not know. */
export type Migrate = (raw: unknown) => unknown;

/** Removes what a process that was killed in a write has left. Only for the one instance that writes to the folder. */
export async function removeHalfWritten(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((n) => /\.json\.tmp-[0-9a-f]+$/.test(n));
  await Promise.all(left.map((n) => rm(path.join(folder, n), { force: true }).catch(() => undefined)));
}

export class JsonFile<T> {
  readonly #path: string;
  readonly #shape: v.GenericSchema<unknown, T>;
  readonly #migrate: Migrate;
  /** Writes are done one after another; one that waits is replaced by a newer. */
  #writing: Promise<void> = Promise.resolve();
  #next: string | null = null;

  constructor(file: string, shape: v.GenericSchema<unknown, T>, migrate: Migrate = (raw) => raw) {
    this.#path = file;
    this.#shape = shape;
    this.#migrate = migrate;
  }

  /** The content, or `empty` when there is no file. A bad file is kept under another name and said in `notice`. */
  async read(empty: T): Promise<{ value: T; notice: string | null }> {
    let text: string;
    try {
      // At once: it is read while Electron gets ready, when a promise would be kept only after that.
      text = readFileSync(this.#path, 'utf8');
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'ENOENT') return { value: empty, notice: null };
      return {
        value: empty,
        notice: `${this.#path} could not be read (${(e as Error).message}); nothing in it is used.`,
      };
    }
    try {
      return { value: v.parse(this.#shape, this.#migrate(JSON.parse(text))), notice: null };
    } catch {
      return { value: empty, notice: await this.#setAside() };
    }
  }

  /** Resolves when this content, or a newer one, is on the disk. */
  write(value: T): Promise<void> {
    this.#next = `${JSON.stringify(value, null, 1)}\n`;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writeNext());
    return this.#writing;
  }

  /** Resolves when all writes so far are on the disk. */
  settled(): Promise<void> {
    return this.#writing.catch(() => undefined);
  }

  async #writeNext(): Promise<void> {
    const text = this.#next;
    if (text === null) return; // the write before had it already
    this.#next = null;
    await writeFile(this.#path, text);
  }

  async #setAside(): Promise<string> {
    const kept = `${this.#path}.bad-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    try {
      await rename(this.#path, kept);
      return `${this.#path} was not in a form this version knows; it was set aside as ${kept}.`;
    } catch (e) {
      return `${this.#path} is not in a form this version knows and could not be set aside (${(e as Error).message}).`;
    }
  }
}
