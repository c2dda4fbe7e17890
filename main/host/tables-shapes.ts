// Shapes of contract/tables.ts.
import * as v from 'valibot';
import { MAX_ROWS_READ, TABLES, type TableColumn, type TablesApi } from '../../contract/tables';
import { isMeasure } from './answers-shapes';
import { id, scope, text, whole, type Shapes } from './shapes';

const FIELDS: readonly TableColumn[] = [
  'id',
  'name',
  'parent',
  'begin',
  'end',
  'duration',
  'goroutine',
  'task',
  'regions',
  'logs',
  'goroutines',
  'complete',
];
const column = v.custom<TableColumn>((x) => isMeasure(x) || FIELDS.some((f) => f === x), 'not a column');

export const TABLE_SHAPES: Shapes<TablesApi> = {
  openTable: v.strictObject({
    table: v.picklist(TABLES),
    scope,
    name: v.nullable(text),
    frame: v.nullable(text),
    find: text,
    within: v.pipe(v.array(v.strictObject({ column, from: v.number(), to: v.number() })), v.maxLength(16)),
    sort: v.pipe(v.array(v.strictObject({ column, descending: v.boolean() })), v.maxLength(8)),
    bars: v.pipe(v.array(column), v.maxLength(64)),
  }),
  readRows: v.strictObject({
    tableId: whole,
    from: whole,
    count: v.pipe(whole, v.maxValue(MAX_ROWS_READ)),
  }),
  findRow: v.strictObject({ tableId: whole, id }),
  closeTable: v.strictObject({ tableId: whole }),
};
