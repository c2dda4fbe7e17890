// A list of rows that lives in the engine: opened with an order and a filter, read a page of heads at a time. The
// picture takes what is there and says what it wants; what comes later wakes it.

import {
  MAX_ROW_HEADS,
  type RowHead,
  type RowKind,
  type RowList,
  type RowsProgress,
  type RowsRequest,
} from '../../contract/rows';
import type { TraceError } from '../../contract/errors';
import { traceErrorFrom } from '../../contract/errors';
import type { TrackId } from '../../contract/units';

/** The questions that a list asks. */
export interface RowAsker {
  openRows(request: RowsRequest, onProgress: (p: RowsProgress) => void, signal: AbortSignal): Promise<RowList>;
  readRowHeads(rowsId: number, from: number, count: number): Promise<readonly RowHead[]>;
  findRow(rowsId: number, id: number): Promise<number | null>;
  closeRows(rowsId: number): Promise<void>;
}

export type RowListStatus = 'closed' | 'opening' | 'open' | 'failed';

/** Heads that are asked for together. N.B. a multiple of the rows whose tiles are asked for together. */
export const PAGE_ROWS = 200;
/** Pages that are kept: some thousand heads, whatever the length of the list. */
const MAX_PAGES = 64;
/** A list up to this length is read whole, so that each row has the height that it needs. */
export const WHOLE_ROWS = 10 * MAX_ROW_HEADS;

export class RowListSource {
  readonly #asker: RowAsker;
  readonly #pages = new Map<number, readonly RowHead[]>();
  readonly #asked = new Set<number>();
  readonly #byTrack = new Map<TrackId, RowHead>();
  readonly #listeners = new Set<() => void>();
  #abort: AbortController | null = null;
  #epoch = 0;
  list: RowList | null = null;
  status: RowListStatus = 'closed';
  error: TraceError | null = null;
  progress: RowsProgress | null = null;

  constructor(asker: RowAsker) {
    this.#asker = asker;
  }

  /** Calls back when anything that the list tells has changed. Returns the end of it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const f of this.#listeners) f();
  }

  /** Opens another list in the place of this one, which stays until the new one is there. Errors: told in `error`. */
  async open(request: RowsRequest): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const epoch = ++this.#epoch;
    this.status = 'opening';
    this.error = null;
    this.progress = null;
    this.#changed();
    try {
      const onProgress = (p: RowsProgress): void => {
        if (epoch !== this.#epoch) return;
        this.progress = p;
        this.#changed();
      };
      const list = await this.#asker.openRows(request, onProgress, abort.signal);
      if (epoch !== this.#epoch) {
        void this.#asker.closeRows(list.rowsId);
        return;
      }
      this.#forget();
      this.list = list;
      if (list.count > 0 && list.count <= WHOLE_ROWS) await this.#readWhole(list, epoch);
      if (epoch !== this.#epoch) return;
      this.status = 'open';
    } catch (e) {
      if (epoch !== this.#epoch) return;
      this.status = 'failed';
      this.error = traceErrorFrom(e);
    }
    this.progress = null;
    this.#changed();
  }

  async #readWhole(list: RowList, epoch: number): Promise<void> {
    const pages = Math.ceil(list.count / PAGE_ROWS);
    await Promise.all(Array.from({ length: pages }, (_, page) => this.#readPage(list, page, epoch)));
  }

  async #readPage(list: RowList, page: number, epoch: number): Promise<void> {
    this.#asked.add(page);
    const from = page * PAGE_ROWS;
    const heads = await this.#asker.readRowHeads(list.rowsId, from, Math.min(PAGE_ROWS, list.count - from));
    if (epoch !== this.#epoch) return;
    this.#pages.set(page, heads);
    for (const h of heads) this.#byTrack.set(h.track, h);
    this.#dropFar(page);
  }

  #dropFar(newest: number): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) return;
      if (page === newest) continue;
      for (const h of this.#pages.get(page) ?? []) this.#byTrack.delete(h.track);
      this.#pages.delete(page);
      this.#asked.delete(page);
    }
  }

  /** The head of a row; undefined until its page is there. */
  head(index: number): RowHead | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** The head of a row whose page is there. N.B. of any lane's row: lane 0's track is asked for. */
  headOfTrack(track: TrackId): RowHead | undefined {
    return this.#byTrack.get(track);
  }

  /** Asks for the pages of rows [from, end) that are not there. */
  want(from: number, end: number): void {
    const list = this.list;
    if (!list || this.status === 'failed') return;
    const epoch = this.#epoch;
    for (let page = Math.floor(from / PAGE_ROWS); page * PAGE_ROWS < Math.min(end, list.count); page++) {
      if (this.#asked.has(page)) continue;
      this.#readPage(list, page, epoch).then(
        () => this.#changed(),
        (e: unknown) => {
          if (epoch !== this.#epoch) return;
          this.#asked.delete(page);
          this.error = traceErrorFrom(e);
          this.#changed();
        },
      );
    }
  }

  /** The head of a row, read when it is not there; null when the row does not exist. */
  async readHead(index: number): Promise<RowHead | null> {
    const list = this.list;
    if (!list || index < 0 || index >= list.count) return null;
    const page = Math.floor(index / PAGE_ROWS);
    if (!this.#pages.has(page)) await this.#readPage(list, page, this.#epoch);
    return this.head(index) ?? null;
  }

  /** Place of a goroutine, thread or task in the list; null when the filter hides it. */
  find(id: number): Promise<number | null> {
    return this.list ? this.#asker.findRow(this.list.rowsId, id) : Promise.resolve(null);
  }

  get by(): RowKind | null {
    return this.list?.by ?? null;
  }

  #forget(): void {
    const old = this.list;
    this.list = null;
    this.#pages.clear();
    this.#asked.clear();
    this.#byTrack.clear();
    if (old) void this.#asker.closeRows(old.rowsId).catch(() => undefined);
  }

  /** Gives the list back to the engine. */
  close(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#epoch++;
    this.#forget();
    this.status = 'closed';
    this.error = null;
    this.progress = null;
  }
}
