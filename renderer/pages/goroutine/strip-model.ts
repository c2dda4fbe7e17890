// Stays of goroutines as strips on one time axis. Pure.

import type { GoroutineState, GoroutineStrip } from '../../../contract/answers';
import type { Nanos, Px } from '../../../contract/units';
import { familyOf } from '../../base/wait-family';
import type { AxisRange } from '../../charts/axes';
import type { ChartModel } from '../../charts/chart-model';
import type { StripLine } from '../../charts/strip-picture';
import type { Column } from '../../widgets/table/columns';
import { lookOf, PART_LEGEND } from '../../widgets/time-parts';

export interface Strip extends GoroutineStrip {
  /** Where the axis is 0 for it: the trace's start, or its own. */
  readonly originNanos: Nanos;
}

const beginOf = (s: Strip): Nanos => s.stays[0]?.fromNanos ?? 0;
const endOf = (s: Strip): Nanos => s.stays.at(-1)?.toNanos ?? 0;

/** Each from its own begin: those that lived at different times, one under the other. */
export const fromBegin = (strips: readonly Strip[]): readonly Strip[] =>
  strips.map((s) => ({ ...s, originNanos: beginOf(s) }));

/** They live at one time, if only for a moment. */
export const meet = (strips: readonly Strip[]): boolean =>
  Math.max(...strips.map(beginOf)) < Math.min(...strips.map(endOf));

/** All of their lives. */
export function axisOf(strips: readonly Strip[]): AxisRange {
  const told = strips.filter((s) => s.stays.length > 0);
  if (told.length === 0) return { from: 0, to: 0 };
  return {
    from: Math.min(...told.map((s) => beginOf(s) - s.originNanos)),
    to: Math.max(...told.map((s) => endOf(s) - s.originNanos)),
  };
}

/** What the colours and hatches in them mean, in the order of bars. */
export function legendOf(strips: readonly Strip[]): typeof PART_LEGEND {
  const looks = new Set(strips.flatMap((s) => s.stays.map((stay) => lookOf(stay.state, stay.reason))));
  return PART_LEGEND.filter((p) => looks.has(p.look));
}

/** Token of a state's colour, without dashes. */
export function tokenOf(state: GoroutineState, reason: string): string {
  if (state === 'running') return 'st-running';
  if (state === 'runnable') return 'st-runnable';
  if (state === 'syscall') return 'st-syscall';
  if (state === 'syscall-blocked') return 'wait-sys';
  return `wait-${familyOf(reason)}`;
}

export interface StripBox {
  readonly x: Px;
  readonly width: Px;
  readonly token: string;
  readonly state: GoroutineState;
}

/** Least width of a stay: nothing is dropped, however short. */
const LEAST_PX = 1;

/** Boxes of the stays in a window; those that are equal and touch within a pixel become one. */
export function boxesOf(
  stays: GoroutineStrip['stays'],
  fromNanos: Nanos,
  toNanos: Nanos,
  widthPx: Px,
): readonly StripBox[] {
  const scale = widthPx / Math.max(1, toNanos - fromNanos);
  const boxes: { x: number; width: number; token: string; state: GoroutineState }[] = [];
  for (const s of stays) {
    if (s.toNanos < fromNanos || s.fromNanos > toNanos) continue;
    const x = Math.max(0, (s.fromNanos - fromNanos) * scale);
    const end = Math.min(widthPx, (s.toNanos - fromNanos) * scale);
    const token = tokenOf(s.state, s.reason);
    const last = boxes.at(-1);
    if (last && last.token === token && x - (last.x + last.width) < LEAST_PX)
      last.width = Math.max(LEAST_PX, end - last.x);
    else boxes.push({ x, width: Math.max(LEAST_PX, end - x), token, state: s.state });
  }
  return boxes;
}

/** Ids of the argument: one, or two to compare. Null: it is no such thing. */
export function idsOfArg(arg: string): readonly number[] | null {
  const ids = arg.split(',').map((t) => Number(t.trim().replace(/^G/i, '') || Number.NaN));
  return ids.length <= 2 && ids.every((id) => Number.isSafeInteger(id) && id >= 0) ? ids : null;
}

export const ROW_PX = 26;
export const BAR_PX = 16;

/** Waiting is never solid: pale, with an edge at its foot. */
const waits = (state: GoroutineState): boolean => state === 'waiting' || state === 'syscall-blocked';

/** The strips as a picture for a file. */
export const stripLines = (strips: readonly Strip[]): readonly StripLine[] =>
  strips.map((s) => ({
    label: `G${s.id} ${s.name}`,
    heightPx: ROW_PX,
    bars: s.stays.map((stay) => {
      const token = tokenOf(stay.state, stay.reason);
      const [from, to] = [stay.fromNanos - s.originNanos, stay.toNanos - s.originNanos];
      const at = { from, to, topPx: (ROW_PX - BAR_PX) / 2, heightPx: BAR_PX };
      return waits(stay.state) ? { ...at, fill: `${token}-fill`, foot: token } : { ...at, fill: token };
    }),
  }));

/** The strips as a table: a row for each stay. */
export function stripTwin(strips: readonly Strip[]): ChartModel['twin'] {
  const rows = strips.flatMap((s) => s.stays.map((stay) => ({ id: s.id, name: s.name, stay })));
  const columns: readonly Column<number>[] = [
    {
      id: 'goroutine',
      title: 'Goroutine',
      help: 'Whose strip it is in',
      kind: 'text',
      value: (i) => `G${rows[i]!.id} ${rows[i]!.name}`,
      widthPx: 220,
      grows: true,
      fixed: true,
    },
    {
      id: 'start',
      title: 'Start',
      help: 'When it entered the state',
      kind: 'time',
      value: (i) => rows[i]!.stay.fromNanos,
      widthPx: 120,
    },
    {
      id: 'duration',
      title: 'Duration',
      help: 'How long it stayed',
      kind: 'duration',
      value: (i) => rows[i]!.stay.toNanos - rows[i]!.stay.fromNanos,
      widthPx: 120,
    },
    {
      id: 'state',
      title: 'State',
      help: 'What it was in',
      kind: 'text',
      value: (i) => rows[i]!.stay.state,
      widthPx: 130,
    },
    {
      id: 'reason',
      title: 'Reason',
      help: 'Of a wait, in Go’s words',
      kind: 'text',
      value: (i) => rows[i]!.stay.reason,
      widthPx: 150,
    },
  ];
  return { columns, rowCount: rows.length };
}
