// Shapes of contract/search.ts.
import * as v from 'valibot';
import { MAX_LEVEL, MAX_TILE_TRACKS } from '../../contract/blocks/tile';
import { MAX_ROWS_MATCHED, type SearchApi } from '../../contract/search';
import { nanos, text, whole, window, type Shapes } from './shapes';

const query = text;
const row = v.strictObject({
  names: v.array(v.string()),
  numbers: v.exactOptional(v.record(v.string(), v.number())),
  texts: v.exactOptional(v.record(v.string(), v.union([v.string(), v.array(v.string())]))),
  state: v.exactOptional(v.string()),
});

export const SEARCH_SHAPES: Shapes<SearchApi> = {
  checkQuery: v.strictObject({ query }),
  matchRows: v.strictObject({ query, rows: v.pipe(v.array(row), v.maxLength(MAX_ROWS_MATCHED)) }),
  completeQuery: v.strictObject({ query, caret: whole }),
  openEvents: v.strictObject({ query, window }),
  readEvents: v.strictObject({ tableId: whole, from: whole, count: v.pipe(whole, v.maxValue(500)) }),
  readEvent: v.strictObject({ index: whole }),
  findEventRow: v.strictObject({ tableId: whole, index: v.nullable(whole), atNanos: v.nullable(nanos) }),
  readEventText: v.strictObject({ tableId: whole, from: whole, format: v.picklist(['csv', 'jsonl']) }),
  closeEvents: v.strictObject({ tableId: whole }),
  findHit: v.strictObject({
    query,
    // -1: before all that begins with the trace.
    fromNanos: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
    track: v.nullable(v.pipe(whole, v.maxValue(0xffff_ffff))),
    forward: v.boolean(),
  }),
  readHitTicks: v.strictObject({ query }),
  readHitCells: v.strictObject({
    query,
    level: v.pipe(whole, v.maxValue(MAX_LEVEL)),
    tile: whole,
    tracks: v.pipe(v.array(v.pipe(whole, v.maxValue(0xffff_ffff))), v.maxLength(MAX_TILE_TRACKS)),
  }),
};
