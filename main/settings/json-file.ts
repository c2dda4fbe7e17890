// One JSON file of ours: read with its shape checked, written atomically, set aside when it is not readable.
import { rename } from 'node:fs/promises';
import { readFile, writeFile } from 'atomically';
import * as v from 'valibot';

export class JsonFile<T> {
  readonly #path: string;
  readonly #shape: v.GenericSchema<unknown, T>;
  /** Writes are done one after another; the last one wins. */
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, shape: v.GenericSchema<unknown, T>) {
    this.#path = path;
    this.#shape = shape;
  }

  /** The content, or `empty` when there is no file. A bad file is kept under another name and said in `notice`. */
  async read(empty: T): Promise<{ value: T; notice: string | null }> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'ENOENT') return { value: empty, notice: null };
      return {
        value: empty,
        notice: `${this.#path} could not be read (${(e as Error).message}); nothing in it is used.`,
      };
    }
    try {
      return { value: v.parse(this.#shape, JSON.parse(text)), notice: null };
    } catch {
      return { value: empty, notice: await this.#setAside() };
    }
  }

  write(value: T): Promise<void> {
    const text = `${JSON.stringify(value, null, 1)}\n`;
    this.#writing = this.#writing.catch(() => undefined).then(() => writeFile(this.#path, text));
    return this.#writing;
  }

  /** Resolves when all writes so far are on the disk. */
  settled(): Promise<void> {
    return this.#writing.catch(() => undefined);
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
