// The addon as the host sees it: the class the binding exports (native-parse/dist/index.d.ts), by shape. Tests put
// their own in its place.
import type { CounterBlock } from '../../contract/blocks/counters';
import type { TileBlock } from '../../contract/blocks/tile';

export interface TraceEngine {
  index(onProgress: (json: string) => void): Promise<string>;
  cancel(): void;
  readInfo(): string;
  /** `id` is the caller's, for `cancelTile`; so is that of `readCounters`. */
  readTile(id: number, level: number, tile: number, tracks: Uint32Array, quick: boolean): Promise<TileBlock>;
  readCounters(id: number, level: number, tile: number): Promise<CounterBlock>;
  cancelTile(id: number): void;
  readCountersAt(atNanos: number): Promise<string>;
  pickSpan(track: number, atNanos: number, toleranceNanos: number): Promise<string>;
  readAdjacentSpan(track: number, fromNanos: number, direction: number): Promise<string>;
  /** Any question of a page: input and answer are JSON. `id` is the caller's, for `cancelAsk`. */
  ask(id: number, method: string, input: string, onProgress: (done: number) => void): Promise<string>;
  cancelAsk(id: number): void;
}

export interface Addon {
  TraceEngine: new (
    path: string,
    memoryMb?: number | null,
    section?: number | null,
    binary?: string | null,
  ) => TraceEngine;
  /** JSON: `{engine, indexFormat}`. */
  engineVersion(): string;
  cacheUsage(): { folder: string; bytes: number; entries: number };
  clearCache(): void;
}
