// Axes of charts. A logarithmic axis is a plain one over the exponent, so that its ends and ticks are ours to choose:
// 1, 2 and 5 of each decade, fewer where there is no room.

import { formatAxisTimeText, THIN } from '../base/format';
import type { ChartTheme } from './chart-theme';

/** A part of the x axis, in its own units. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
}

/** Where a length of time stands on a logarithmic axis; zero stands where 1 ns does. */
export const logOf = (nanos: number): number => Math.log10(Math.max(1, nanos));
export const nanosOfLog = (x: number): number => 10 ** x;

/** Round values within a range of exponents: 1-2-5 of each decade, or whole decades where those are too many. */
export function logTicks({ from, to }: AxisRange, most: number): readonly number[] {
  const [low, high] = [Math.floor(from), Math.ceil(to)];
  const within = (list: number[]): number[] => list.filter((x) => x >= from - 1e-9 && x <= to + 1e-9);
  const decades = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const fine = within(decades.flatMap((d) => [1, 2, 5].map((m) => d + Math.log10(m))));
  if (fine.length <= most && fine.length > 1) return fine;
  const whole = within(decades);
  const step = Math.max(1, Math.ceil(whole.length / most));
  // Less than a decade and no round value in it: its ends.
  return whole.length > 1 ? whole.filter((_, i) => i % step === 0) : fine.length > 1 ? fine : [from, to];
}

/** Round values within a linear range: steps of 1, 2 or 5. */
export function linearTicks(
  { from, to }: AxisRange,
  most: number,
): { readonly step: number; readonly at: readonly number[] } {
  const raw = to > from ? (to - from) / Math.max(1, most) : 1;
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * decade).find((s) => s >= raw - 1e-12) ?? decade * 10;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return { step, at: Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step) };
}

/** How lines and labels of an axis look. */
export function axisLook(t: ChartTheme): {
  axisLine: object;
  axisTick: object;
  axisLabel: object;
  nameTextStyle: object;
} {
  return {
    axisLine: { show: true, onZero: false, lineStyle: { color: t.colour('line-strong'), width: 1 } },
    axisTick: { show: true, length: 4, lineStyle: { color: t.colour('line-strong') } },
    axisLabel: { color: t.colour('ink-2'), fontSize: 11, fontFamily: t.fontUi, hideOverlap: true },
    nameTextStyle: { color: t.colour('ink-3'), fontSize: 11, fontFamily: t.fontUi },
  };
}

interface Ticks {
  readonly at: readonly number[];
  readonly label: (x: number) => string;
}

/** So near to the end of the axis, a label in the middle of its tick would be cut off at the frame. */
const END_PX = 4;

function xAxis(t: ChartTheme, range: AxisRange, ticks: Ticks, widthPx: number, name: string): object {
  const look = axisLook(t);
  const last = ticks.at.at(-1) ?? range.from;
  const atEnd = (range.to - last) * widthPx < END_PX * (range.to - range.from);
  return {
    type: 'value',
    min: range.from,
    max: range.to,
    name,
    nameLocation: 'end',
    // Under the labels, at the right end: beside the axis it would be outside of the frame.
    nameTextStyle: { ...look.nameTextStyle, align: 'right', verticalAlign: 'top', padding: [22, 0, 0, 0] },
    nameGap: 0,
    axisLine: look.axisLine,
    axisTick: { ...look.axisTick, customValues: [...ticks.at] },
    axisLabel: {
      ...look.axisLabel,
      customValues: [...ticks.at],
      formatter: (x: number) => ticks.label(x),
      alignMaxLabel: atEnd ? 'right' : null,
    },
    splitLine: { show: false },
  };
}

/** A logarithmic axis of lengths of time; its values are exponents (`logOf`). */
export const logTimeAxis = (t: ChartTheme, range: AxisRange, widthPx: number, name = ''): object =>
  xAxis(
    t,
    range,
    {
      at: logTicks(range, Math.max(2, Math.floor(widthPx / 64))),
      label: (x) => shortDuration(nanosOfLog(x)),
    },
    widthPx,
    name,
  );

/** An axis of the trace's time, in ns. */
export function timeAxis(t: ChartTheme, range: AxisRange, widthPx: number, name = ''): object {
  const { step, at } = linearTicks(range, Math.max(2, Math.floor(widthPx / 96)));
  return xAxis(t, range, { at, label: (x) => formatAxisTimeText(x, step) }, widthPx, name);
}

/** A value axis with light lines across. `label`: a value as text. */
export function valueAxis(
  t: ChartTheme,
  most: number,
  label: (v: number) => string,
  options: { readonly name?: string; readonly count?: number } = {},
): object {
  const look = axisLook(t);
  const { step, at } = linearTicks({ from: 0, to: most }, options.count ?? 4);
  const top = at.at(-1) === most ? most : (at.at(-1) ?? 0) + step;
  const all = at.at(-1) === top ? at : [...at, top];
  return {
    type: 'value',
    min: 0,
    max: top,
    name: options.name ?? '',
    nameTextStyle: { ...look.nameTextStyle, align: 'left', padding: [0, 0, 0, -40] },
    nameGap: 10,
    axisLine: { show: false },
    axisTick: { show: false, customValues: [...all] },
    axisLabel: { ...look.axisLabel, customValues: [...all], formatter: (v: number) => label(v) },
    splitLine: { show: true, lineStyle: { color: t.colour('line-soft') } },
    interval: step,
  };
}

/** A value axis of shares, 0 to 100 %, in quarters where there is room. */
export function shareAxis(t: ChartTheme, heightPx: number, name = ''): object {
  const at = heightPx < 160 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  const axis = valueAxis(t, 1, (v) => `${Math.round(v * 100)}${THIN}%`, { name }) as Record<string, object>;
  return {
    ...axis,
    max: 1,
    interval: at[1],
    axisTick: { ...axis['axisTick'], customValues: at },
    axisLabel: { ...axis['axisLabel'], customValues: at },
  };
}

const UNITS = [
  { unit: 's', nanos: 1e9 },
  { unit: 'ms', nanos: 1e6 },
  { unit: 'µs', nanos: 1e3 },
  { unit: 'ns', nanos: 1 },
] as const;

/** A round length of time without needless zeros: `10 µs`, `500 ms`, `2 s`. */
export function shortDuration(nanos: number): string {
  // N.B. powers of ten come back a little below what they were.
  const u = UNITS.find((one) => nanos >= one.nanos * 0.9999) ?? UNITS[3];
  return `${Number((nanos / u.nanos).toPrecision(3))}${THIN}${u.unit}`;
}
