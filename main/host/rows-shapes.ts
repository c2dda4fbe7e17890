// Shapes of contract/rows.ts.
import * as v from 'valibot';
import { MAX_ROW_HEADS, ROW_KINDS, ROW_SORTS, type RowsApi } from '../../contract/rows';
import { MAX_LEVEL } from '../../contract/blocks/tile';
import { id, nanos, text, whole, window, type Shapes } from './shapes';

const by = v.picklist(ROW_KINDS);
const ids = v.pipe(v.array(id), v.maxLength(10_000));
const rowsId = v.pipe(whole, v.maxValue(0xffff_ffff));
const goroutine = id;

export const ROW_SHAPES: Shapes<RowsApi> = {
  openRows: v.strictObject({
    by,
    groupByName: v.boolean(),
    sort: v.picklist(ROW_SORTS),
    descending: v.boolean(),
    filter: text,
    ids: v.nullable(ids),
    window,
  }),
  readRowHeads: v.strictObject({ rowsId, from: whole, count: v.pipe(whole, v.maxValue(MAX_ROW_HEADS)) }),
  findInRows: v.strictObject({ rowsId, id }),
  readRowsById: v.strictObject({ by, ids: v.pipe(ids, v.maxLength(MAX_ROW_HEADS)) }),
  closeRows: v.strictObject({ rowsId }),
  readFlows: v.strictObject({
    fromNanos: nanos,
    toNanos: nanos,
    goroutine: v.nullable(goroutine),
    max: v.pipe(whole, v.maxValue(10_000)),
  }),
  readConnections: v.strictObject({ goroutine, atNanos: nanos }),
  readCauses: v.strictObject({ goroutine, atNanos: nanos }),
  readLatency: v.strictObject({ level: v.pipe(whole, v.maxValue(MAX_LEVEL)), tile: whole }),
  readLatencyAt: v.strictObject({ atNanos: nanos }),
  readArea: v.strictObject({
    tracks: v.pipe(v.array(v.pipe(whole, v.maxValue(0xffff_ffff))), v.maxLength(4096)),
    fromNanos: nanos,
    toNanos: nanos,
  }),
};
