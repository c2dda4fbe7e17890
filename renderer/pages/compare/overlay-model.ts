// Curves of A and B in one chart, and lengths of both as shares of each. Pure.

import type { Histogram } from '../../../contract/answers';
import { formatBytesBinary, formatDurationText, formatShare } from '../../base/format';
import { logOf, logTimeAxis, shareAxis, timeAxis, valueAxis } from '../../charts/axes';
import type { ChartModel, ChartSeries } from '../../charts/chart-model';
import type { Column } from '../../widgets/table/columns';

/** A is bronze and solid, B the accent and dashed: never told by colour alone. */
export const LOOKS = {
  A: { colour: 'cmp-a', line: 'solid' },
  B: { colour: 'cmp-b', line: 'dashed' },
} as const;

export interface OverlayCurve {
  readonly series: ChartSeries;
  /** Rising in x. */
  readonly points: readonly (readonly [number, number | null])[];
}

export interface OverlayInput {
  readonly curves: readonly OverlayCurve[];
  /** `log`: x is a length of time; `time`: ns since the begin of what is compared. */
  readonly x: 'log' | 'time';
  readonly xName: string;
  readonly y: 'share' | 'bytes';
  readonly what: string;
}

/** The last value of a curve at or before x; null before its first and behind its last point. */
function valueAt(points: OverlayCurve['points'], x: number): number | null {
  const last = points.at(-1);
  if (!last || x > last[0]) return null;
  let [low, high] = [0, points.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (points[mid]![0] <= x) low = mid + 1;
    else high = mid;
  }
  return points[low - 1]?.[1] ?? null;
}

/** Null without a value. */
export function overlayModel({ curves, x, xName, y, what }: OverlayInput): ChartModel | null {
  const there = curves.filter((c) => c.points.some(([, v]) => v !== null));
  if (there.length === 0) return null;
  const at = [...new Set(there.flatMap((c) => c.points.map((p) => p[0])))].sort((a, b) => a - b);
  const placeOf = (v: number): number => (x === 'log' ? logOf(v) : v);
  const text = (v: number | null): string => (v === null ? '–' : y === 'share' ? formatShare(v) : formatBytesBinary(v));
  const most = Math.max(0, ...there.flatMap((c) => c.points.map((p) => p[1] ?? 0)));
  const from = placeOf(at[0]!);
  const columns: Column<number>[] = [
    { id: 'x', title: xName, help: xName, kind: 'duration', value: (i) => at[i]!, widthPx: 130 },
    ...there.map((c): Column<number> => ({
      id: c.series.id,
      title: c.series.name,
      help: `${what}: ${c.series.name}`,
      kind: y === 'share' ? 'share' : 'bytes',
      value: (i) => valueAt(c.points, at[i]!),
      widthPx: 160,
    })),
  ];
  return {
    series: there.map((c) => c.series),
    extent: { from, to: Math.max(placeOf(at.at(-1)!), from + 0.1) },
    places: at.map(placeOf),
    read: (i) => ({
      title: formatDurationText(at[i]!),
      values: there.map((c) => ({ id: c.series.id, text: text(valueAt(c.points, at[i]!)) })),
    }),
    option: (t, view) => ({
      xAxis:
        x === 'log' ? logTimeAxis(t, view.range, view.widthPx, xName) : timeAxis(t, view.range, view.widthPx, xName),
      yAxis:
        y === 'share' && most > 0.25
          ? shareAxis(t, view.heightPx)
          : valueAxis(t, most || 1, y === 'share' ? formatShare : formatBytesBinary),
      series: there
        .filter((c) => !view.hidden.has(c.series.id))
        .map((c) => ({
          type: 'line' as const,
          id: c.series.id,
          name: c.series.name,
          silent: true,
          showSymbol: false,
          connectNulls: false,
          lineStyle: { color: t.colour(c.series.colour), width: 2, type: c.series.line ?? ('solid' as const) },
          itemStyle: { color: t.colour(c.series.colour) },
          data: c.points.map(([px, v]) => [placeOf(px), v ?? '-']),
        })),
    }),
    twin: { columns, rowCount: at.length },
    summary: `${what}: ${there.map((c) => `${c.series.name} from ${text(c.points[0]?.[1] ?? null)} to ${text(c.points.at(-1)?.[1] ?? null)}`).join('; ')}.`,
  };
}

/** Lengths as steps: the share of each side's own that lies in a bucket, so that runs of different size compare. */
export function stepsOf(h: Histogram): OverlayCurve['points'] {
  if (h.count === 0) return [];
  const steps = h.buckets.flatMap((b): [number, number][] => [
    [Math.max(1, b.fromNanos), b.count / h.count],
    [Math.max(1, b.toNanos) * 0.999_999, b.count / h.count],
  ]);
  const [first, last] = [steps[0]!, steps.at(-1)!];
  return [[first[0], 0], ...steps, [last[0], 0]];
}
