// Exports of the page, written whole or not at all: under a hidden name first, renamed when the last byte is on the disk.
import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { SaveApi, SaveKind } from '../../contract/save-api';

/** So many exports may be under way at once; a page that asks for more has lost count. */
const MOST_OPEN = 8;

interface OpenSave {
  readonly target: string;
  readonly part: string;
  readonly handle: FileHandle;
  /** Writes in their order. */
  tail: Promise<void>;
}

/** Asks the user where: null when they thought otherwise. */
export type ChooseTarget = (suggestedName: string, kind: SaveKind) => Promise<string | null>;

export class SaveFiles implements SaveApi {
  readonly #choose: ChooseTarget;
  readonly #open = new Map<number, OpenSave>();
  #last = 0;

  constructor(choose: ChooseTarget) {
    this.#choose = choose;
  }

  async startSave({
    suggestedName,
    kind,
  }: {
    suggestedName: string;
    kind: SaveKind;
  }): Promise<{ saveId: number } | null> {
    if (this.#open.size >= MOST_OPEN) throw new Error('Too many exports are being written; wait for one to end.');
    const target = await this.#choose(path.basename(suggestedName), kind);
    if (target === null) return null;
    const name = `.${path.basename(target)}.${randomBytes(4).toString('hex')}.tracewell-part`;
    const part = path.join(path.dirname(target), name);
    const handle = await open(part, 'wx', 0o666).catch((e: unknown) => {
      throw diskError(target, e);
    });
    const saveId = ++this.#last;
    this.#open.set(saveId, { target, part, handle, tail: Promise.resolve() });
    return { saveId };
  }

  async writeSave({ saveId, chunk }: { saveId: number; chunk: string | Uint8Array }): Promise<void> {
    const save = this.#of(saveId);
    save.tail = save.tail.then(() => save.handle.writeFile(chunk));
    try {
      await save.tail;
    } catch (e) {
      await this.#drop(saveId, save);
      throw diskError(save.target, e);
    }
  }

  async endSave({ saveId, keep }: { saveId: number; keep: boolean }): Promise<string | null> {
    const save = this.#open.get(saveId);
    // A write that failed has ended it already.
    if (!save && !keep) return null;
    const { target, part, handle, tail } = save ?? this.#of(saveId);
    if (!keep) {
      await this.#drop(saveId, save!);
      return null;
    }
    try {
      await tail;
      // On the disk before it has its name: a power cut must not leave a whole name with half a content.
      await handle.sync();
      await handle.close();
      await rename(part, target);
    } catch (e) {
      await this.#drop(saveId, save!);
      throw diskError(target, e);
    }
    this.#open.delete(saveId);
    return target;
  }

  /** The page is gone, and with it who would end its files. */
  async dropAll(): Promise<void> {
    await Promise.all([...this.#open].map(([id, save]) => this.#drop(id, save)));
  }

  #of(saveId: number): OpenSave {
    const save = this.#open.get(saveId);
    if (!save) throw new Error('That export has ended already.');
    return save;
  }

  async #drop(saveId: number, { handle, part }: OpenSave): Promise<void> {
    this.#open.delete(saveId);
    await handle.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
  }
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'that disk cannot be written to',
  ENOSPC: 'the disk is full',
  ENOENT: 'the folder is not there',
  EISDIR: 'there is a folder of that name',
};

function diskError(target: string, e: unknown): Error {
  const { code = '', message } = e as NodeJS.ErrnoException;
  return new Error(`${path.basename(target)} could not be written: ${WHY[code] ?? message}.`);
}
