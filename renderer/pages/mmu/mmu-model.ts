// Curves of minimum mutator utilization as a chart: the window's length on a logarithmic axis, the share on the other.

import { MMU_FLAGS, type GcStop, type Mmu, type MmuFlag, type TimeRange } from '../../../contract/answers';
import { formatDurationText, formatShare } from '../../base/format';
import { logOf, logTimeAxis, shareAxis } from '../../charts/axes';
import type { ChartModel, ChartSeries } from '../../charts/chart-model';
import type { ChartTheme } from '../../charts/chart-theme';
import type { LineSeriesOption } from '../../charts/echarts-setup';
import type { Column } from '../../widgets/table/columns';
import type { BarPart } from '../../widgets/table/columns';

/** What counts as not the program's, and of whom. */
export interface MmuOptions {
  readonly flags: readonly MmuFlag[];
  readonly perProc: boolean;
}

export const DEFAULT_OPTIONS: MmuOptions = { flags: ['stw', 'background', 'assist'], perProc: false };

export const FLAG_NAMES: Readonly<Record<MmuFlag, string>> = {
  stw: 'STW pauses',
  background: 'Background mark workers',
  assist: 'Mark assists',
  sweep: 'Sweep',
};
export const FLAG_HELP: Readonly<Record<MmuFlag, string>> = {
  stw: 'Time in which the world is stopped: nothing of the program runs on any processor.',
  background: 'Time of processors that run a dedicated or fractional mark worker of the collector.',
  assist: 'Time in which goroutines that allocate must help marking before they go on.',
  sweep: 'Time in which goroutines that allocate must sweep memory of the cycle before.',
};

const SHORT: Readonly<Record<MmuFlag, string>> = {
  stw: 'STW',
  background: 'workers',
  assist: 'assists',
  sweep: 'sweep',
};

export const sameOptions = (a: MmuOptions, b: MmuOptions): boolean =>
  a.perProc === b.perProc && MMU_FLAGS.every((f) => a.flags.includes(f) === b.flags.includes(f));

/** `whole system: STW, workers, assists`. */
export const optionsName = (o: MmuOptions): string =>
  `${o.perProc ? 'per processor' : 'whole system'}: ${
    MMU_FLAGS.filter((f) => o.flags.includes(f))
      .map((f) => SHORT[f])
      .join(', ') || 'nothing'
  }`;

const LEAST_NANOS = 1000;
const POINTS_A_DECADE = 24;

/** Lengths that people ask for: powers of ten and their threefold, and the whole range. */
export function roundWindows(rangeNanos: number): readonly number[] {
  const out: number[] = [];
  for (let decade = LEAST_NANOS; decade <= rangeNanos; decade *= 10)
    for (const n of [decade, 3 * decade]) if (n <= rangeNanos) out.push(n);
  if (out.at(-1) !== rangeNanos) out.push(rangeNanos);
  return out;
}

/** Lengths at which the curve is asked for: evenly on the axis from 1 µs to the range, and the round ones. */
export function curveWindows(rangeNanos: number): readonly number[] {
  if (rangeNanos <= LEAST_NANOS) return [Math.max(1, Math.floor(rangeNanos))];
  const from = Math.log10(LEAST_NANOS);
  const count = Math.ceil((Math.log10(rangeNanos) - from) * POINTS_A_DECADE);
  const even = Array.from({ length: count + 1 }, (_, i) =>
    Math.round(10 ** (from + ((Math.log10(rangeNanos) - from) * i) / count)),
  );
  return [...new Set([...even, ...roundWindows(rangeNanos)])].sort((a, b) => a - b);
}

export interface MmuCurve {
  readonly series: ChartSeries;
  /** [window in ns, utilization], rising; null where the range holds no processor. */
  readonly points: readonly (readonly [number, number | null])[];
}

const QUANTILE_LOOKS = ['ink-2', 'st-runnable', 'st-syscall'] as const;

const quantileName = (q: number): string => (q === 0 ? 'least' : `p${Number(((1 - q) * 100).toFixed(2))}`);

/** Curves of an answer: the least, and those of the quantiles where they were asked for. */
export function curvesOf(mmu: Mmu, id: string, name: string, look: Pick<ChartSeries, 'colour' | 'line'>): MmuCurve[] {
  return mmu.quantiles.map((q, i) => ({
    series: {
      id: i === 0 ? id : `${id} ${q}`,
      name: i === 0 ? name : quantileName(q <= 0.5 ? q : 1 - q),
      ...(i === 0 ? look : { colour: QUANTILE_LOOKS[(i - 1) % QUANTILE_LOOKS.length]!, line: 'dotted' as const }),
    },
    points: mmu.curve.map((p) => [p.windowNanos, p.values[i] ?? null] as const),
  }));
}

/** The greatest window that has no mutator somewhere: 0 when there is none. Shapes: the points of one curve. */
export function blackoutNanos(points: MmuCurve['points']): number {
  return points.reduce((most, [window, value]) => (value === 0 ? Math.max(most, window) : most), 0);
}

/** The value of a curve at a window that was asked for; null when it was not. */
export const valueAt = (points: MmuCurve['points'], windowNanos: number): number | null =>
  points.find(([w]) => w === windowNanos)?.[1] ?? null;

const shareText = (v: number | null): string => (v === null ? '–' : formatShare(v));

export interface MmuPicture {
  readonly curves: readonly MmuCurve[];
  /** The window that is looked at, and the share over the whole range. */
  readonly chosenNanos: number | null;
  readonly wholeShare: number | null;
}

/** Null without curves. All curves are read at the same windows. */
export function mmuModel({ curves, chosenNanos, wholeShare }: MmuPicture): ChartModel | null {
  const [main] = curves;
  if (!main || main.points.every(([, v]) => v === null)) return null;
  const windows = main.points.map(([w]) => w);
  const black = blackoutNanos(main.points);
  return {
    series: curves.map((c) => c.series),
    extent: { from: logOf(windows[0]!), to: Math.max(logOf(windows.at(-1)!), logOf(windows[0]!) + 0.1) },
    places: windows.map(logOf),
    read: (i) => ({
      title: formatDurationText(windows[i]!),
      values: curves.map((c) => ({ id: c.series.id, text: shareText(c.points[i]?.[1] ?? null) })),
    }),
    option: (t, view) => ({
      xAxis: logTimeAxis(t, view.range, view.widthPx, 'window, log scale'),
      yAxis: shareAxis(t, view.heightPx),
      series: [
        ...[...curves]
          .reverse()
          .filter((c) => !view.hidden.has(c.series.id))
          .map((c) => lineOf(t, c)),
        marks(t, chosenNanos, wholeShare, black),
      ],
    }),
    twin: { columns: twinColumns(curves, windows), rowCount: windows.length },
    summary: `Utilization of windows from ${formatDurationText(windows[0]!)} to ${formatDurationText(windows.at(-1)!)}: ${curves
      .map(
        (c) =>
          `${c.series.name} from ${shareText(c.points[0]?.[1] ?? null)} to ${shareText(c.points.at(-1)?.[1] ?? null)}`,
      )
      .join('; ')}.`,
  };
}

function lineOf(t: ChartTheme, c: MmuCurve): LineSeriesOption {
  const colour = t.colour(c.series.colour);
  return {
    type: 'line',
    id: c.series.id,
    name: c.series.name,
    silent: true,
    showSymbol: false,
    connectNulls: false,
    lineStyle: { color: colour, width: 2, type: c.series.line ?? 'solid' },
    itemStyle: { color: colour },
    data: c.points.map(([w, v]) => [logOf(w), v ?? '-']),
  };
}

/** The window that is looked at, the share over all, and up to where there is no mutator at all somewhere. */
function marks(t: ChartTheme, chosen: number | null, whole: number | null, black: number): LineSeriesOption {
  const label = { color: t.colour('ink-2'), fontSize: 11, fontFamily: t.fontUi };
  return {
    type: 'line',
    id: 'marks',
    silent: true,
    data: [],
    markArea: {
      silent: true,
      itemStyle: { color: t.colour('tl-stw-band'), opacity: 0.5 },
      label: { ...label, position: 'insideTopLeft', formatter: '{b}', offset: [6, 4] },
      data:
        black > LEAST_NANOS
          ? [
              [
                { name: `no mutator at all somewhere, up to ${formatDurationText(black)}`, xAxis: logOf(LEAST_NANOS) },
                { xAxis: logOf(black) },
              ],
            ]
          : [],
    },
    markLine: {
      silent: true,
      symbol: 'none',
      data: [
        ...(chosen === null
          ? []
          : [
              {
                xAxis: logOf(chosen),
                lineStyle: { color: t.colour('accent'), type: 'solid' as const, width: 1.5 },
                label: { show: false },
              },
            ]),
        ...(whole === null
          ? []
          : [
              {
                yAxis: whole,
                lineStyle: { color: t.colour('ink-3'), type: 'dotted' as const, width: 1 },
                label: {
                  ...label,
                  formatter: `whole range ${formatShare(whole)}`,
                  position: whole > 0.9 ? ('insideEndBottom' as const) : ('insideEndTop' as const),
                },
              },
            ]),
      ],
    },
  };
}

function twinColumns(curves: readonly MmuCurve[], windows: readonly number[]): readonly Column<number>[] {
  return [
    {
      id: 'window',
      title: 'Window',
      help: 'The length of the windows',
      kind: 'duration',
      value: (i) => windows[i]!,
      widthPx: 130,
    },
    ...curves.map((c): Column<number> => ({
      id: c.series.id,
      title: c.series.name,
      help: `Share of the processors that was the program's: ${c.series.name}`,
      kind: 'share',
      value: (i) => c.points[i]?.[1] ?? null,
      widthPx: 220,
      bar: c.series.colour,
    })),
  ];
}

/** Where a window's time went: stops of the world, other work of the collector that counts, and the rest. */
export function partsOf(
  window: TimeRange & { readonly utilization: number },
  stops: readonly TimeRange[],
  flags: readonly MmuFlag[],
): readonly BarPart[] {
  const length = window.toNanos - window.fromNanos;
  const overlap = (s: TimeRange): number =>
    Math.max(0, Math.min(s.toNanos, window.toNanos) - Math.max(s.fromNanos, window.fromNanos));
  const lost = length * (1 - window.utilization);
  const stopped = flags.includes('stw')
    ? Math.min(
        lost,
        stops.reduce((sum, s) => sum + overlap(s), 0),
      )
    : 0;
  const work = flags.filter((f) => f !== 'stw').map((f) => SHORT[f]);
  return [
    { name: 'STW', look: 'stw', amount: Math.round(stopped) },
    { name: `GC work (${work.join(', ') || 'none counted'})`, look: 'mark', amount: Math.round(lost - stopped) },
    { name: 'the program, or idle', look: 'running', amount: Math.round(length - lost) },
  ];
}

/** The longest stop of the world. */
export const longestStop = (stops: readonly GcStop[]): GcStop | null =>
  stops.reduce<GcStop | null>((a, b) => (a && a.toNanos - a.fromNanos >= b.toNanos - b.fromNanos ? a : b), null);
