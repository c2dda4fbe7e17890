// Lists that may have millions of rows: they live in the engine, sorted and filtered there; the page reads what it shows.

import type { GoroutineRef, Measure, RegionSpan, Scope, TimeSums } from './answers';
import type { CallContext } from './rpc';
import type { Nanos } from './units';

export const TABLES = ['goroutines', 'tasks', 'regions'] as const;
export type TableName = (typeof TABLES)[number];

/** What a table is sorted by; columns of `TableRows`, sums of goroutines and regions as `Measure`. */
export type TableColumn =
  | Measure
  | 'id'
  | 'name'
  | 'parent'
  | 'begin'
  | 'end'
  | 'duration'
  | 'goroutine'
  | 'task'
  | 'regions'
  | 'logs'
  | 'goroutines'
  | 'complete';

export interface TableSort {
  readonly column: TableColumn;
  readonly descending: boolean;
}

export interface TableQuestion {
  readonly table: TableName;
  readonly scope: Scope;
  /** Only rows of this name: start function of goroutines, type of tasks, name of regions. Null: all. */
  readonly name: string | null;
  /** Of regions: only of this frame as well. */
  readonly frame: string | null;
  /** A query of the search language; a bare number also finds the row of that id. Empty: all. Errors: RANGE. */
  readonly find: string;
  /** Rows whose column lies within [from, to] each: what the bars of a chart select. */
  readonly within: readonly { readonly column: TableColumn; readonly from: number; readonly to: number }[];
  /** The first decides; rows that are equal stay in order of id, or of time. Empty: that order. */
  readonly sort: readonly TableSort[];
  /** Columns whose greatest value the answer tells, for bars in cells. */
  readonly bars: readonly TableColumn[];
}

export interface OpenedTable {
  readonly tableId: number;
  /** Rows after `find` and `within`, and before. */
  readonly rowCount: number;
  readonly totalCount: number;
  /** Of `bars`, among the rows after `find` and `within`. */
  readonly maxima: Readonly<Record<string, number>>;
}

export interface GoroutineRow extends TimeSums {
  readonly id: number;
  readonly name: string;
  readonly isSystem: boolean;
  readonly parent: number | null;
  readonly beginNanos: Nanos;
  readonly isOlder: boolean;
  readonly firstRunNanos: Nanos | null;
  readonly endNanos: Nanos | null;
  readonly regionCount: number;
}

export interface TaskRow {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  readonly beginNanos: Nanos;
  readonly durationNanos: Nanos;
  readonly hasBegin: boolean;
  readonly hasEnd: boolean;
  readonly isComplete: boolean;
  readonly childCount: number;
  readonly regionCount: number;
  readonly logCount: number;
  readonly goroutineCount: number;
}

export interface RegionRow extends RegionSpan, TimeSums {
  /** Place in the order of begin: what a link to it says. */
  readonly id: number;
  readonly goroutineName: GoroutineRef['name'];
  readonly durationNanos: Nanos;
}

export interface TableRows {
  readonly goroutines: GoroutineRow;
  readonly tasks: TaskRow;
  readonly regions: RegionRow;
}
export type TableRow = TableRows[TableName];

/** Rows of one answer at most. */
export const MAX_ROWS_READ = 500;

export interface TablesApi {
  /** Sorts and filters. Cost: O(rows log rows) off every thread that draws; 4 bytes a row are kept until it is closed. */
  openTable(input: TableQuestion, ctx: CallContext): Promise<OpenedTable>;
  /** Rows [from, from + count), fewer at the end; the type is that of the table that was opened. Cost: O(count). */
  readRows(input: { tableId: number; from: number; count: number }, ctx: CallContext): Promise<readonly TableRow[]>;
  /** Place of a row by its id, null when it is not among those kept: to scroll to it. Cost: O(rows). */
  findRow(input: { tableId: number; id: number }, ctx: CallContext): Promise<number | null>;
  closeTable(input: { tableId: number }, ctx: CallContext): Promise<null>;
}
