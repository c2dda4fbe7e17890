// Figures that an independent program worked out of the fixtures' traces (goldens/NAME.right.json), for pages to equal.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './launch';

export interface RightPart {
  /** Stacks in all; `list` may hold fewer. */
  readonly n: number;
  readonly count: number;
  readonly delay_ns: number;
  readonly list: readonly (readonly [stack: readonly string[], count: number, nanos: number])[];
}
export type RightProfile = { readonly ended: RightPart; readonly still: RightPart };

/** id, creation, end (null: none), execution, waiting for a processor, in system calls with one and without, waits by reason. */
export type RightGoroutine = readonly [
  id: number,
  beginNanos: number,
  endNanos: number | null,
  exec: number,
  sched: number,
  syscall: number,
  syscallBlock: number,
  block: Readonly<Record<string, number>>,
];

export interface Right {
  readonly duration_ns: number;
  readonly profiles: Readonly<Record<string, RightProfile>>;
  readonly goroutines: { readonly n: number; readonly list: readonly RightGoroutine[] };
  readonly gc: { readonly goroutines: { readonly n: number; readonly list: readonly (readonly number[])[] } };
}

function read(name: string): string {
  const file = path.join(root, 'tests/fixtures/goldens', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : gunzipSync(readFileSync(`${file}.gz`)).toString();
}

export const rightOf = (trace: string): Right => JSON.parse(read(`${trace}.right.json`)) as Right;

export interface TopFigures {
  readonly name: string;
  flat: number;
  cum: number;
  count: number;
}

/** Flat and cumulative time by function, from stacks written as `func@line`. By falling cum, then name. */
export function topOf(part: RightPart): readonly TopFigures[] {
  const rows = new Map<string, TopFigures>();
  for (const [stack, count, nanos] of part.list) {
    const names = stack.length > 0 ? stack.map((f) => f.slice(0, f.lastIndexOf('@'))) : ['(no stack recorded)'];
    for (const name of new Set(names)) {
      const row = rows.get(name) ?? { name, flat: 0, cum: 0, count: 0 };
      rows.set(name, row);
      if (names[0] === name) row.flat += nanos;
      row.cum += nanos;
      row.count += count;
    }
  }
  return [...rows.values()].sort((a, b) => b.cum - a.cum || (a.name < b.name ? -1 : 1));
}

/** Nanoseconds of a cell's tooltip: `46 171 774 ns`. */
export const nanosOf = (title: string): number => Number(title.replace(/[^\d]/g, ''));
