// Answers contract's TraceApi from one engine: converts and forwards, decides nothing but who shares an index run.
import type { CounterBlock, CounterValues } from '../../contract/blocks/counters';
import type { TileBlock } from '../../contract/blocks/tile';
import type { CallContext } from '../../contract/rpc';
import type { IndexProgress, MergedDetails, SpanDetails, TraceApi, TraceInfo } from '../../contract/trace-api';
import type { AskedApi } from './asked';
import type { TraceEngine } from './engine';

/** The questions of the timeline; those of pages go through `asked.ts`. */
export class TraceHost implements Omit<TraceApi, keyof AskedApi> {
  readonly engine: TraceEngine;
  /** The index run that goes on, or that nobody has asked for yet; and the calls that wait for it. */
  #run: Promise<TraceInfo> | null = null;
  readonly #waiting = new Set<CallContext>();
  /** What the run told last: whoever joins it is told too. */
  #told: IndexProgress | null = null;
  #nextPicture = 1;

  constructor(engine: TraceEngine) {
    this.engine = engine;
  }

  /** Begins to index before anybody asks; the first call joins that run, though it may have ended. */
  begin(): void {
    this.#run ??= this.#index();
    // What went wrong is told to who asks.
    this.#run.catch(() => undefined);
  }

  /** All calls share one run; it is cancelled when the last of them was aborted. */
  index(_input: null, ctx: CallContext): Promise<TraceInfo> {
    this.#waiting.add(ctx);
    ctx.signal.addEventListener('abort', () => {
      if (this.#waiting.delete(ctx) && this.#waiting.size === 0) this.engine.cancel();
    });
    const run = (this.#run ??= this.#index());
    if (this.#told) ctx.progress(this.#told);
    return run.finally(() => {
      this.#waiting.delete(ctx);
      // The next call goes on with what was paused, or is told again how it ended.
      if (this.#run === run) this.#run = this.#told = null;
    });
  }

  #index(): Promise<TraceInfo> {
    const told = (json: string): void => {
      const progress = JSON.parse(json) as IndexProgress;
      this.#told = progress;
      for (const call of this.#waiting) call.progress(progress);
    };
    return this.engine.index(told).then((json) => JSON.parse(json) as TraceInfo);
  }

  readInfo(): Promise<TraceInfo> {
    return Promise.resolve(this.engine.readInfo()).then((json) => JSON.parse(json) as TraceInfo);
  }

  readTile(
    input: { level: number; tile: number; tracks: readonly number[]; quick?: boolean | undefined },
    ctx: CallContext,
  ): Promise<TileBlock> {
    const tracks = Uint32Array.from(input.tracks);
    return this.#picture(ctx, (id) => this.engine.readTile(id, input.level, input.tile, tracks, input.quick ?? false));
  }

  readCounters(input: { level: number; tile: number }, ctx: CallContext): Promise<CounterBlock> {
    return this.#picture(ctx, (id) => this.engine.readCounters(id, input.level, input.tile));
  }

  /** A part of the picture; who aborts it does not keep the engine busy. */
  async #picture<T>(ctx: CallContext, ask: (id: number) => Promise<T>): Promise<T> {
    if (ctx.signal.aborted) throw new Error('CANCELLED: Stopped');
    const id = this.#nextPicture++;
    const stop = (): void => this.engine.cancelTile(id);
    ctx.signal.addEventListener('abort', stop);
    try {
      return await ask(id);
    } finally {
      ctx.signal.removeEventListener('abort', stop);
    }
  }

  async readCountersAt(input: { atNanos: number }): Promise<CounterValues> {
    return JSON.parse(await this.engine.readCountersAt(input.atNanos)) as CounterValues;
  }

  async pickSpan(input: {
    track: number;
    atNanos: number;
    toleranceNanos: number;
  }): Promise<SpanDetails | MergedDetails | null> {
    const json = await this.engine.pickSpan(input.track, input.atNanos, input.toleranceNanos);
    return JSON.parse(json) as SpanDetails | MergedDetails | null;
  }

  async readAdjacentSpan(input: { track: number; fromNanos: number; direction: 1 | -1 }): Promise<SpanDetails | null> {
    const json = await this.engine.readAdjacentSpan(input.track, input.fromNanos, input.direction);
    return JSON.parse(json) as SpanDetails | null;
  }
}
