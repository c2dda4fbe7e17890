// The lines of a file around those that a profile knows. Pure.

import type { LineRow } from '../../profile-views/model/top';

export interface ListedLine {
  readonly line: number;
  /** Null: no stack went through it. */
  readonly row: LineRow | null;
  readonly text: string;
  /** Lines between this place and the next are left out. */
  readonly isGap: boolean;
}

const AROUND = 8;

/** Lines with figures and some around them; without a text only those with figures. Rows are of one file, rising. */
export function listingOf(rows: readonly LineRow[], text: string | null): readonly ListedLine[] {
  if (text === null) return rows.map((row) => ({ line: row.line, row, text: '', isGap: false }));
  const lines = text.split(/\r?\n/);
  const byLine = new Map(rows.map((r) => [r.line, r]));
  const out: ListedLine[] = [];
  let last = 0;
  for (const row of rows) {
    const from = Math.max(last + 1, row.line - AROUND);
    const to = Math.min(lines.length, row.line + AROUND);
    if (last > 0 && from > last + 1) out.push({ line: last + 1, row: null, text: '', isGap: true });
    for (let n = from; n <= to; n++)
      out.push({ line: n, row: byLine.get(n) ?? null, text: lines[n - 1] ?? '', isGap: false });
    // A line beyond the file: the sources on this machine are others than those that ran.
    if (row.line > lines.length) out.push({ line: row.line, row, text: '(not in this file)', isGap: false });
    last = Math.max(last, to, row.line > lines.length ? row.line : 0);
  }
  return out;
}
