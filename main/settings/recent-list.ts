// The list of recent traces: newest first, pinned ones before the others, kept over restarts.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RecentTrace } from '../../contract/shell-api';
import { displayDirectory } from '../app/open-trace';
import { JsonFile } from './json-file';
import { recentsV1, type RecentsV1, type RecentV1 } from './schema-v1';

/** Entries that are kept beside the pinned ones. */
export const MAX_UNPINNED = 30;

export type RecentFigures = Pick<RecentV1, 'goVersion' | 'durationNanos' | 'eventCount' | 'procUse'>;

/** The order of the list: pinned, then newest; and its limit. */
export function arranged(traces: readonly RecentV1[]): RecentV1[] {
  const byTime = [...traces].sort((a, b) => b.openedAtMs - a.openedAtMs);
  return [...byTime.filter((t) => t.pinned), ...byTime.filter((t) => !t.pinned).slice(0, MAX_UNPINNED)];
}

export class RecentList {
  readonly #file: JsonFile<RecentsV1>;
  readonly #onChange: (traces: readonly RecentTrace[]) => void;
  #traces: RecentV1[] = [];

  constructor(file: string, onChange: (traces: readonly RecentTrace[]) => void) {
    this.#file = new JsonFile(file, recentsV1);
    this.#onChange = onChange;
  }

  /** Reads the file; answers a sentence when it was bad. */
  async load(): Promise<string | null> {
    const { value, notice } = await this.#file.read({ version: 1, traces: [] });
    this.#traces = arranged(value.traces);
    return notice;
  }

  /** The list as people see it; looks whether each file is still there. */
  read(): Promise<RecentTrace[]> {
    return Promise.all(
      this.#traces.map(async (t) => ({
        ...t,
        fileName: path.basename(t.path),
        directory: displayDirectory(t.path),
        missing: !(await stat(t.path).then(
          (s) => s.isFile(),
          () => false,
        )),
      })),
    );
  }

  /** A trace was opened: it goes to the top. Figures of an earlier time stay while the size is the same. */
  opened(file: string, sizeBytes: number | null, nowMs: number): Promise<void> {
    const old = this.#traces.find((t) => t.path === file);
    const same = old && old.sizeBytes === sizeBytes ? old : null;
    return this.#replace(file, {
      path: file,
      pinned: old?.pinned ?? false,
      openedAtMs: nowMs,
      sizeBytes,
      goVersion: same?.goVersion ?? null,
      durationNanos: same?.durationNanos ?? null,
      eventCount: same?.eventCount ?? null,
      procUse: same?.procUse ?? null,
    });
  }

  note(file: string, figures: RecentFigures): Promise<void> {
    const old = this.#traces.find((t) => t.path === file);
    return old
      ? this.#replace(file, { ...old, ...figures, procUse: figures.procUse ?? old.procUse })
      : Promise.resolve();
  }

  pin(file: string, pinned: boolean): Promise<void> {
    const old = this.#traces.find((t) => t.path === file);
    return old ? this.#replace(file, { ...old, pinned }) : Promise.resolve();
  }

  /** Another path for the same entry. */
  relocate(file: string, to: string): Promise<void> {
    const old = this.#traces.find((t) => t.path === file);
    if (!old) return Promise.resolve();
    this.#traces = this.#traces.filter((t) => t.path !== to);
    return this.#replace(file, { ...old, path: to });
  }

  remove(file: string): Promise<void> {
    return this.#set(this.#traces.filter((t) => t.path !== file));
  }

  /** Removes all but the pinned ones. */
  clear(): Promise<void> {
    return this.#set(this.#traces.filter((t) => t.pinned));
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }

  #replace(file: string, entry: RecentV1): Promise<void> {
    return this.#set([entry, ...this.#traces.filter((t) => t.path !== file)]);
  }

  async #set(traces: RecentV1[]): Promise<void> {
    this.#traces = arranged(traces);
    const written = this.#file.write({ version: 1, traces: this.#traces });
    this.#onChange(await this.read());
    await written;
  }
}
