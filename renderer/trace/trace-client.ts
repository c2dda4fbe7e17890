// Questions to one trace. The connection may come late (the port is on its way) and may break (the process died):
// a question waits for the first, and is answered by ENGINE_DIED after the second until a new port comes.

import type { CounterBlock, CounterValues } from '../../contract/blocks/counters';
import type { TileBlock } from '../../contract/blocks/tile';
import type { AnswerProgress, AnswersApi } from '../../contract/answers';
import type { CompareApi } from '../../contract/compare';
import { EXIT_NO_ADDON, EXIT_OUT_OF_MEMORY, traceErrorFrom } from '../../contract/errors';
import type {
  Area,
  Causes,
  Connections,
  Flows,
  LatencySample,
  RowHead,
  RowKind,
  RowList,
  RowsApi,
  RowsProgress,
  RowsRequest,
} from '../../contract/rows';
import { connect, type CallOptions, type Client, type Remote, type Wire } from '../../contract/rpc';
import type { SearchApi } from '../../contract/search';
import type { TablesApi } from '../../contract/tables';
import type { IndexProgress, MergedDetails, SpanDetails, TraceApi, TraceInfo } from '../../contract/trace-api';
import type { Nanos, TrackId } from '../../contract/units';
import { trackPromise } from '../base/idle';
import { LatestWins, SUPERSEDED } from '../base/latest-wins';
import { TileCache } from './tile-cache';

export { SUPERSEDED };

/** What asks: a newer question of the same asker replaces one that waits. */
export type Asker =
  | 'hover'
  | 'click'
  | 'keyboard'
  | 'sample'
  | 'latency'
  | 'info'
  | 'pinned rows'
  | 'connections'
  | 'causes'
  | 'area'
  | 'flows'
  | 'flows of the selection';

type Questions = TraceApi & RowsApi;

/** What pages ask: interfaces of the contract whose questions are independent of each other. */
export type PageApi = AnswersApi & TablesApi & SearchApi & CompareApi;

export interface AskOptions {
  /** Gives the question up: it fails with CANCELLED, and its pass ends unless others wait for it. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (p: AnswerProgress) => void;
}

/** A method for each question of a page: `client.ask.readGc({ scope }, { signal, onProgress })`. */
export type PageQuestions = {
  readonly [K in keyof PageApi]: (
    input: Parameters<PageApi[K]>[0],
    options?: AskOptions,
  ) => Promise<Awaited<ReturnType<PageApi[K]>>>;
};

export class TraceClient {
  readonly tiles: TileCache;
  /** The questions of pages. Errors: those of the contract; ENGINE_DIED. */
  readonly ask: PageQuestions;
  readonly #latest = new LatestWins<Asker>();
  #client: Client<Questions> | null = null;
  #broken: Error | null = null;
  #waiting: { ok: (api: Remote<Questions>) => void; no: (e: Error) => void }[] = [];

  constructor() {
    this.ask = new Proxy({} as PageQuestions, {
      // `then` must stay undefined, as of any table of methods that may be awaited by mistake.
      get: (_t, method) =>
        typeof method !== 'string' || method === 'then'
          ? undefined
          : (input: never, options?: AskOptions) => this.#put(method as keyof PageApi, input, options),
    });
    this.tiles = new TileCache({
      readTile: async (input, signal) => (await this.#api()).readTile(input, { signal }),
      readCounters: async (input, signal) => (await this.#api()).readCounters(input, { signal }),
      readLatency: async (input) => (await this.#api()).readLatency(input),
    });
  }

  /** Connects to a process; the first time or after the one before has died. */
  attach(wire: Wire): void {
    // The process before may have been stopped without a word: what it was asked is never answered.
    this.#client?.fail(fileLost());
    this.#client = connect<Questions>(wire);
    this.#broken = null;
    for (const w of this.#waiting.splice(0)) w.ok(this.#client.api);
    this.tiles.reconnected();
  }

  /** The process is gone: what is open fails with this reason, and what comes until the next `attach`. */
  detach(reason: Error): void {
    this.#broken = reason;
    const client = this.#client;
    this.#client = null;
    for (const w of this.#waiting.splice(0)) w.no(reason);
    client?.fail(reason);
  }

  /** Opens and indexes the trace, or joins or continues what runs. Errors: all codes about files; ENGINE_DIED. */
  async index(onProgress: (p: IndexProgress) => void, signal: AbortSignal): Promise<TraceInfo> {
    const api = await this.#api();
    return api.index(null, { signal, onProgress: (p) => onProgress(p as IndexProgress) });
  }

  readInfo(): Promise<TraceInfo | typeof SUPERSEDED> {
    return this.#ask('info', (api) => api.readInfo(null));
  }

  /** A tile for a picture that no view keeps. Errors: those of TraceApi.readTile. */
  readTile(input: { level: number; tile: number; tracks: readonly TrackId[] }): Promise<TileBlock> {
    return trackPromise(
      'tile',
      this.#api().then((api) => api.readTile(input)),
    );
  }

  /** Curves for such a picture. */
  readCounters(input: { level: number; tile: number }): Promise<CounterBlock> {
    return trackPromise(
      'curves',
      this.#api().then((api) => api.readCounters(input)),
    );
  }

  readCountersAt(atNanos: Nanos): Promise<CounterValues | typeof SUPERSEDED> {
    return this.#ask('sample', (api) => api.readCountersAt({ atNanos }));
  }

  /** Who began to run last at a time. Cost: the first time a pass over the trace. */
  readLatencyAt(atNanos: Nanos): Promise<LatencySample | null | typeof SUPERSEDED> {
    return this.#ask('latency', (api) => api.readLatencyAt({ atNanos }));
  }

  /** What is drawn at a place, as TraceApi.pickSpan. N.B. whole nanoseconds go out: the pointer is between them. */
  pickSpan(
    asker: Asker,
    track: TrackId,
    atNanos: Nanos,
    toleranceNanos: Nanos,
  ): Promise<SpanDetails | MergedDetails | null | typeof SUPERSEDED> {
    const input = { track, atNanos: Math.max(0, Math.floor(atNanos)), toleranceNanos: Math.ceil(toleranceNanos) };
    return this.#ask(asker, (api) => api.pickSpan(input));
  }

  readAdjacentSpan(
    track: TrackId,
    fromNanos: Nanos,
    direction: 1 | -1,
  ): Promise<SpanDetails | null | typeof SUPERSEDED> {
    return this.#ask('keyboard', (api) => api.readAdjacentSpan({ track, fromNanos: Math.floor(fromNanos), direction }));
  }

  /** The first span of a track that begins after a time. Many may be asked at once: none takes the place of another. */
  readNextSpan(track: TrackId, fromNanos: Nanos): Promise<SpanDetails | null> {
    const ask = async () => (await this.#api()).readAdjacentSpan({ track, fromNanos, direction: 1 });
    return trackPromise('spans', ask());
  }

  /** Makes a list of rows; the first of a kind needs a pass over the trace. Errors: QUERY, CANCELLED. */
  openRows(request: RowsRequest, onProgress: (p: RowsProgress) => void, signal: AbortSignal): Promise<RowList> {
    const ask = async (): Promise<RowList> =>
      (await this.#api()).openRows(request, { signal, onProgress: (p) => onProgress(p as RowsProgress) });
    return trackPromise('rows', ask());
  }

  readRowHeads(rowsId: number, from: number, count: number): Promise<readonly RowHead[]> {
    const ask = async () => (await (await this.#api()).readRowHeads({ rowsId, from, count })).heads;
    return trackPromise('row heads', ask());
  }

  findRow(rowsId: number, id: number): Promise<number | null> {
    const ask = async () => (await (await this.#api()).findInRows({ rowsId, id })).index;
    return trackPromise('find row', ask());
  }

  /** Heads by id, whether or not they are in a list. */
  readRows(by: RowKind, ids: readonly number[]): Promise<readonly RowHead[]> {
    const ask = async () => (await (await this.#api()).readRowsById({ by, ids })).heads;
    return trackPromise('rows by id', ask());
  }

  async closeRows(rowsId: number): Promise<void> {
    if (this.#client) await this.#client.api.closeRows({ rowsId });
  }

  /** Arrows in a window, of one goroutine or of all; more than `max` are only counted. */
  readFlows(
    asker: 'flows' | 'flows of the selection',
    fromNanos: Nanos,
    toNanos: Nanos,
    goroutine: number | null,
    max: number,
  ): Promise<Flows | typeof SUPERSEDED> {
    const input = { fromNanos: Math.max(0, Math.floor(fromNanos)), toNanos: Math.ceil(toNanos), goroutine, max };
    return this.#ask(asker, (api) => api.readFlows(input));
  }

  readConnections(goroutine: number, atNanos: Nanos): Promise<Connections | null | typeof SUPERSEDED> {
    return this.#ask('connections', (api) => api.readConnections({ goroutine, atNanos: Math.floor(atNanos) }));
  }

  readCauses(goroutine: number, atNanos: Nanos): Promise<Causes | typeof SUPERSEDED> {
    return this.#ask('causes', (api) => api.readCauses({ goroutine, atNanos: Math.floor(atNanos) }));
  }

  readArea(tracks: readonly TrackId[], fromNanos: Nanos, toNanos: Nanos): Promise<Area | typeof SUPERSEDED> {
    const input = { tracks, fromNanos: Math.max(0, Math.floor(fromNanos)), toNanos: Math.ceil(toNanos) };
    return this.#ask('area', (api) => api.readArea(input));
  }

  /** Forgets a question that waits. */
  drop(asker: Asker): void {
    this.#latest.drop(asker);
  }

  dispose(): void {
    this.detach(new Error('CANCELLED: the trace was closed.'));
    this.tiles.clear();
  }

  #put(method: keyof PageApi, input: never, options?: AskOptions): Promise<unknown> {
    const put = async (): Promise<unknown> => {
      const api = await this.#api();
      if (options?.signal?.aborted) throw new Error('CANCELLED: it was given up');
      const onProgress = (p: unknown): void => options?.onProgress?.(p as AnswerProgress);
      const call: CallOptions = options?.signal ? { signal: options.signal, onProgress } : { onProgress };
      return (api[method] as (input: never, options: CallOptions) => Promise<unknown>)(input, call);
    };
    return trackPromise(method, put());
  }

  #ask<T>(asker: Asker, question: (api: Remote<Questions>) => Promise<T>): Promise<T | typeof SUPERSEDED> {
    return trackPromise(
      asker,
      this.#latest.run(asker, async () => question(await this.#api())),
    );
  }

  #api(): Promise<Remote<Questions>> {
    if (this.#client) return Promise.resolve(this.#client.api);
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((ok, no) => this.#waiting.push({ ok, no }));
  }
}

/** Why a process ends by itself; on Unix the code is the signal's number, and 7 means that the file was cut short under its map. */
const EXITS: Readonly<Record<number, string>> = {
  7: 'the file was changed or removed while it was read. Open it again to go on',
  9: 'the system ended it, most likely because memory ran out. Open it again to go on',
  [EXIT_OUT_OF_MEMORY]:
    'its engine needed more than half of the memory of this machine and was ended before others had to be. Close other traces and open it again to go on',
  [EXIT_NO_ADDON]: 'the engine does not fit this app or this system. Install Tracewell again to go on',
};

/** The error of a process that ended by itself. */
export function engineDied(code: number): Error {
  const why = EXITS[code] ?? `its process ended with code ${code}. Open it again to go on`;
  return new Error(`ENGINE_DIED: The trace could not be read on: ${why}.`);
}

/** The error of a question to a trace whose bytes are gone from its file. */
export const fileLost = (): Error =>
  new Error('CHANGED: The file was replaced since it was opened; reload it to see the new trace.');

export { traceErrorFrom };
