// The log of the app, for reports: what the app did and what failed. Never content of a trace, nor its name or folder.
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** A log that has grown beyond this is put aside at the next start; one old one is kept. */
const MAX_BYTES = 1 << 20;

export class Log {
  readonly file: string;
  #broken = false;

  constructor(folder: string) {
    this.file = path.join(folder, 'tracewell.log');
  }

  /** Errors: none; an app that cannot write its log works all the same. */
  begin(): void {
    this.#quietly(() => {
      mkdirSync(path.dirname(this.file), { recursive: true });
      const old = `${this.file}.1`;
      if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) {
        rmSync(old, { force: true });
        renameSync(this.file, old);
      }
    });
  }

  /** One line. N.B. the caller sees to it that nothing of a trace is in it. */
  write(text: string): void {
    if (this.#broken) return;
    this.#quietly(() => appendFileSync(this.file, `${new Date().toISOString()} ${text.replaceAll('\n', ' ⏎ ')}\n`));
  }

  #quietly(work: () => void): void {
    try {
      work();
    } catch {
      this.#broken = true;
    }
  }
}
