// Durations in logarithmic buckets as a chart: bars that touch, quantiles as dashed lines.

import { formatCount, formatDurationText, formatShare } from '../base/format';
import { logOf, logTimeAxis, nanosOfLog, valueAxis, type AxisRange } from './axes';
import type { ChartModel } from './chart-model';
import type { ChartTheme } from './chart-theme';
import type { CustomSeriesOption, LineSeriesOption } from './echarts-setup';

/** So many durations in [fromNanos, toNanos). Buckets follow each other without gaps, rising. */
export interface Bucket {
  readonly fromNanos: number;
  readonly toNanos: number;
  readonly count: number;
}

export interface Quantile {
  /** `p50`, `median`. */
  readonly name: string;
  readonly nanos: number;
}

export interface HistogramOptions {
  readonly buckets: readonly Bucket[];
  readonly quantiles?: readonly Quantile[];
  /** What is counted, in the plural: `tasks`. */
  readonly noun: string;
  /** Token of the bars. */
  readonly colour?: string;
}

/** The chosen range of durations as exponents on the axis. */
export const rangeOfNanos = (fromNanos: number, toNanos: number): AxisRange => ({
  from: logOf(fromNanos),
  to: logOf(toNanos),
});

/**
 * Buckets that a range on the axis touches, whole: what is chosen are bars, not parts of bars. Null: it touches none.
 * Units: exponents in, nanoseconds out; `toNanos` is the end of the last bucket.
 */
export function bucketsIn(
  buckets: readonly Bucket[],
  range: AxisRange,
): { readonly fromNanos: number; readonly toNanos: number; readonly count: number } | null {
  const touched = buckets.filter((b) => logOf(b.toNanos) > range.from && logOf(b.fromNanos) <= range.to);
  const [first, last] = [touched[0], touched.at(-1)];
  if (!first || !last) return null;
  return { fromNanos: first.fromNanos, toNanos: last.toNanos, count: touched.reduce((n, b) => n + b.count, 0) };
}

const rangeText = (b: Bucket): string => `${formatDurationText(b.fromNanos)} – ${formatDurationText(b.toNanos)}`;

/** Empty when nothing was counted. */
export function histogramModel({
  buckets,
  quantiles = [],
  noun,
  colour = 'accent',
}: HistogramOptions): ChartModel | null {
  const [first, last] = [buckets[0], buckets.at(-1)];
  const all = buckets.reduce((n, b) => n + b.count, 0);
  if (!first || !last || all === 0) return null;
  const most = Math.max(...buckets.map((b) => b.count));
  const extent = { from: logOf(first.fromNanos), to: logOf(last.toNanos) };
  const before = buckets.reduce<number[]>((sums, b, i) => [...sums, (sums[i - 1] ?? 0) + b.count], []);
  const said = quantiles.map((q) => `${q.name} ${formatDurationText(q.nanos)}`).join(', ');
  return {
    series: [{ id: 'count', name: noun, colour, filled: true }],
    extent,
    places: buckets.map((b) => (logOf(b.fromNanos) + logOf(b.toNanos)) / 2),
    read: (i) => {
      const b = buckets[i]!;
      return {
        title: rangeText(b),
        values: [{ id: 'count', text: `${formatCount(b.count)} (${formatShare(b.count / all)})` }],
      };
    },
    option: (t, view) => ({
      xAxis: logTimeAxis(t, view.range, view.widthPx, 'duration, log scale'),
      yAxis: valueAxis(t, most, formatCount, { count: view.heightPx < 180 ? 2 : 4 }),
      series: [bars(t, buckets, colour), quantileLines(t, quantiles)],
    }),
    twin: {
      rowCount: buckets.length,
      columns: [
        {
          id: 'from',
          title: 'From',
          help: 'The least duration of the bucket, which belongs to it',
          kind: 'duration',
          value: (i) => buckets[i]!.fromNanos,
          widthPx: 120,
        },
        {
          id: 'to',
          title: 'To',
          help: 'The end of the bucket, which belongs to the next one',
          kind: 'duration',
          value: (i) => buckets[i]!.toNanos,
          widthPx: 120,
        },
        {
          id: 'count',
          title: 'Count',
          help: `How many ${noun} took that long`,
          kind: 'count',
          value: (i) => buckets[i]!.count,
          widthPx: 100,
          bar: colour,
        },
        {
          id: 'upTo',
          title: 'Up to here',
          help: `Share of the ${noun} that took no longer than the end of the bucket`,
          kind: 'share',
          value: (i) => before[i]! / all,
          widthPx: 110,
        },
      ],
    },
    summary: `${formatCount(all)} ${noun} from ${formatDurationText(first.fromNanos)} to ${formatDurationText(last.toNanos)}${said ? `: ${said}` : ''}.`,
  };
}

interface RenderApi {
  value(dimension: number): number;
  coord(point: number[]): number[];
}

/** Bars from edge to edge of their bucket, a pixel apart. */
function bars(t: ChartTheme, buckets: readonly Bucket[], colour: string): CustomSeriesOption {
  const fill = t.colour(colour);
  return {
    type: 'custom',
    id: 'count',
    name: 'count',
    silent: true,
    clip: true,
    encode: { x: [0, 1], y: 2 },
    data: buckets.filter((b) => b.count > 0).map((b) => [logOf(b.fromNanos), logOf(b.toNanos), b.count]),
    renderItem: (_params: unknown, given: unknown) => {
      const api = given as RenderApi;
      const [left, top] = api.coord([api.value(0), api.value(2)]) as [number, number];
      const [right, foot] = api.coord([api.value(1), 0]) as [number, number];
      const height = Math.max(1.5, foot - top);
      return {
        type: 'rect',
        shape: { x: left, y: foot - height, width: Math.max(1, right - left - 1), height },
        style: { fill },
      };
    },
  };
}

function quantileLines(t: ChartTheme, quantiles: readonly Quantile[]): LineSeriesOption {
  return {
    type: 'line',
    id: 'quantiles',
    silent: true,
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: t.colour('ink-2'), type: 'dashed', width: 1 },
      label: {
        fontSize: 11,
        fontFamily: t.fontUi,
        color: t.colour('ink-2'),
        formatter: '{b}',
        position: 'end',
        distance: 2,
      },
      data: spaced(quantiles).map((q) => ({ name: q.name, xAxis: logOf(q.nanos) })),
    },
  };
}

/** Lines that would stand on each other share one label: `p90 p99`. */
function spaced(quantiles: readonly Quantile[]): readonly Quantile[] {
  const out: Quantile[] = [];
  for (const q of quantiles) {
    const last = out.at(-1);
    if (last && logOf(q.nanos) - logOf(last.nanos) < 0.04)
      out[out.length - 1] = { name: `${last.name} ${q.name}`, nanos: last.nanos };
    else out.push(q);
  }
  return out;
}

/** A chosen range as words: `1.000 ms – 10.00 ms`. */
export const rangeWords = (r: AxisRange): string =>
  `${formatDurationText(nanosOfLog(r.from))} – ${formatDurationText(nanosOfLog(r.to))}`;
