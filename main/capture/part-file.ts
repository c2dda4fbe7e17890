// A trace while it is taken: bytes go to a hidden file beside its place, which gets the name when all is there. What a
// crash leaves behind has a name that nothing opens.
import { randomBytes } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { CapturedFile } from '../../contract/capture-api';
import { CaptureError, diskFailure } from './failure';

const PART = /^\..+\.[0-9a-f]{8}\.tracewell-part$/;

export class PartFile {
  readonly target: string;
  /** Where the bytes go. */
  readonly path: string;
  readonly #mayReplace: boolean;

  private constructor(target: string, part: string, mayReplace: boolean) {
    this.target = target;
    this.path = part;
    this.#mayReplace = mayReplace;
  }

  /**
   * Makes the folder and an empty file in it. `mayReplace`: the user agreed (in the save dialog) that a file of that
   * name is replaced. Errors: DISK.
   */
  static async create(target: string, mayReplace: boolean): Promise<PartFile> {
    const dir = path.dirname(target);
    const part = path.join(dir, `.${path.basename(target)}.${randomBytes(4).toString('hex')}.tracewell-part`);
    try {
      await mkdir(dir, { recursive: true });
      await (await open(part, 'wx', 0o600)).close();
    } catch (e) {
      throw diskFailure(e);
    }
    return new PartFile(target, part, mayReplace);
  }

  stream(): WriteStream {
    return createWriteStream(this.path, { flags: 'r+' });
  }

  async sizeBytes(): Promise<number> {
    return (await stat(this.path).catch(() => null))?.size ?? 0;
  }

  /** The name for a whole trace. Errors: NOT_A_TRACE, DISK; the part is gone then. */
  async complete(): Promise<CapturedFile> {
    try {
      const head = await readHead(this.path);
      if (!looksLikeTrace(head)) throw notATrace(head);
      // On the disk before it has its name: a power cut must not leave a whole name with half a content.
      const handle = await open(this.path, 'r+');
      await handle.sync().finally(() => handle.close());
      const path = await this.#takeName();
      return { path, sizeBytes: (await stat(path)).size };
    } catch (e) {
      await this.discard();
      throw diskFailure(e);
    }
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** `a.trace`, or `a-2.trace` where there is one already that may not be replaced. */
  async #takeName(): Promise<string> {
    if (this.#mayReplace) {
      await rename(this.path, this.target);
      return this.target;
    }
    const { dir, name, ext } = path.parse(this.target);
    for (let n = 1; n < 10_000; n++) {
      const name2 = n === 1 ? this.target : path.join(dir, `${name}-${n}${ext}`);
      try {
        // A link fails where the name is taken; a rename would replace it.
        await link(this.path, name2);
        await unlink(this.path);
        return name2;
      } catch (e) {
        const { code } = e as NodeJS.ErrnoException;
        if (code === 'EEXIST') continue;
        if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw e;
        // A file system without links: look, then rename.
        if ((await stat(name2).catch(() => null)) !== null) continue;
        await rename(this.path, name2);
        return name2;
      }
    }
    throw new CaptureError('DISK', `There are too many files named ${name} in that folder; choose another name.`);
  }
}

/** Removes what captures that ended with the app (a crash, a power cut) left in a folder of ours. */
export async function sweepParts(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const parts = names.filter((n) => PART.test(n));
  await Promise.all(parts.map((n) => rm(path.join(folder, n), { force: true }).catch(() => undefined)));
  return parts.length;
}

const HEAD_BYTES = 512;

export async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** `go 1.N trace` or gzip (the engine unpacks it and judges). */
export const looksLikeTrace = (head: Uint8Array): boolean =>
  /^go 1\.\d+ trace/.test(Buffer.from(head.subarray(0, 16)).toString('latin1')) ||
  (head[0] === 0x1f && head[1] === 0x8b);

export function notATrace(head: Uint8Array): CaptureError {
  if (head.length === 0) return new CaptureError('NOT_A_TRACE', 'No trace was written: the answer was empty.');
  const text = Buffer.from(head.subarray(0, 200)).toString('latin1');
  if (/^\s*(<!doctype|<html|<\?xml)/i.test(text))
    return new CaptureError(
      'NOT_A_TRACE',
      'The answer is a web page, not a trace; is that the address of /debug/pprof/trace?',
    );
  const printable = /^[\t\n\r -~]+$/.test(text)
    ? ` It begins: “${text.trim().split('\n', 1)[0]?.slice(0, 80) ?? ''}”`
    : '';
  return new CaptureError('NOT_A_TRACE', `What came is not a Go execution trace.${printable}`);
}
