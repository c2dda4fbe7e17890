// A cell as text: short on screen, in full in copies and files.

import type { Quantity } from '../../base/format';
import {
  formatBytesBinary,
  formatBytesFull,
  formatCount,
  formatDuration,
  formatNanosFull,
  formatShare,
} from '../../base/format';
import { isExported, unitOf, type CellValue, type Column, type ColumnKind } from './columns';

const DASH = '–';

/** A value on screen: the figure, and the unit where it has a slot of its own. */
export function shownValue(kind: ColumnKind, value: CellValue): Quantity {
  if (value === null) return { value: DASH, unit: '' };
  if (typeof value !== 'number') return { value: String(value), unit: '' };
  switch (kind) {
    case 'duration':
      return value === 0 ? { value: DASH, unit: '' } : formatDuration(value);
    case 'time':
      return formatDuration(value);
    case 'count':
      return { value: value === 0 ? DASH : formatCount(value), unit: '' };
    case 'bytes':
      return { value: value === 0 ? DASH : formatBytesBinary(value), unit: '' };
    case 'share':
      return { value: formatShare(value), unit: '' };
    default:
      return { value: String(value), unit: '' };
  }
}

/** The value in full where the short one leaves something out; undefined elsewhere. */
export function fullValue(kind: ColumnKind, value: CellValue): string | undefined {
  if (typeof value !== 'number') return typeof value === 'string' && value !== '' ? value : undefined;
  if (kind === 'duration' || kind === 'time') return formatNanosFull(value);
  if (kind === 'bytes') return formatBytesFull(value);
  return kind === 'count' && value >= 1e6 ? value.toLocaleString('en-US') : undefined;
}

/** A value as spreadsheets and scripts want it: whole numbers, no units. */
export const rawText = (value: CellValue): string => (value === null ? '' : String(value));

const headText = <Row>(c: Column<Row>): string => (unitOf(c.kind) ? `${c.title} (${unitOf(c.kind)})` : c.title);

/** Tab-separated, for the clipboard: a head and the rows, tabs and line ends inside values as blanks. */
export function tsvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const out = columns.filter(isExported);
  const line = (cells: readonly string[]): string => cells.map((c) => c.replace(/[\t\r\n]+/g, ' ')).join('\t');
  return [line(out.map(headText)), ...rows.map((row) => line(out.map((c) => rawText(c.value(row)))))].join('\n');
}

/**
 * A field of a CSV file. N.B. a text that a spreadsheet would take for a formula gets an apostrophe in front: names in a
 * trace are written by whoever made the program.
 */
export function csvField(value: CellValue): string {
  const text = rawText(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of a CSV file (RFC 4180, but for the line end). Null: the head. */
export function csvLines<Row>(rows: readonly Row[] | null, columns: readonly Column<Row>[]): string {
  const out = columns.filter(isExported);
  if (rows === null) return `${out.map((c) => csvField(headText(c))).join(',')}\n`;
  return rows.map((row) => `${out.map((c) => csvField(c.value(row))).join(',')}\n`).join('');
}
