// The charts of the page: the heap with its goal, and the collector's share of the processors, over the same time.

import type { GcReport, GcStop, TimeRange } from '../../../contract/answers';
import { formatAxisTimeText, formatBytesBinary, formatShare } from '../../base/format';
import { linearTicks, shareAxis, timeAxis, valueAxis, type AxisRange } from '../../charts/axes';
import type { ChartModel } from '../../charts/chart-model';
import { faded, type ChartTheme } from '../../charts/chart-theme';
import type { LineSeriesOption } from '../../charts/echarts-setup';
import type { HeapPoint } from '../../trace/heap-curve';

/**
 * Cycles as bands for a picture: those within a pixel of each other are one, and none lies outside. Thousands of bands cost
 * more than all else of a chart. Shapes: in order of time.
 */
export function bandsOf(cycles: readonly TimeRange[], range: AxisRange, widthPx: number): readonly TimeRange[] {
  const pixel = (range.to - range.from) / Math.max(1, widthPx);
  const out: { fromNanos: number; toNanos: number }[] = [];
  for (const { fromNanos, toNanos } of cycles) {
    if (toNanos < range.from || fromNanos > range.to) continue;
    const last = out.at(-1);
    if (last && fromNanos - last.toNanos < pixel) last.toNanos = Math.max(last.toNanos, toNanos);
    else out.push({ fromNanos, toNanos });
  }
  return out;
}

/** Cycles as bands and stops as lines behind a curve. */
function bands(t: ChartTheme, cycles: readonly TimeRange[], stops: readonly GcStop[]): LineSeriesOption {
  return {
    type: 'line',
    id: 'bands',
    silent: true,
    data: [],
    markArea: {
      silent: true,
      itemStyle: { color: t.colour('tl-gc-band') },
      label: { show: false },
      data: cycles.map((c) => [{ xAxis: c.fromNanos }, { xAxis: c.toNanos }]),
    },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: t.colour('st-stw'), type: 'solid', width: 1, opacity: 0.55 },
      data: stops.map((s) => ({ xAxis: s.fromNanos })),
    },
  };
}

/** Beyond so many, lines of stops would fill the picture: the longest stay. */
const MOST_LINES = 200;
const drawnStops = (stops: readonly GcStop[]): readonly GcStop[] =>
  stops.length <= MOST_LINES
    ? stops
    : [...stops].sort((a, b) => b.toNanos - b.fromNanos - (a.toNanos - a.fromNanos)).slice(0, MOST_LINES);

/** 1-2-5 in powers of two: axis steps that are round in binary units. */
function roundBytes(bytes: number): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const { step } = linearTicks({ from: 0, to: bytes / unit }, 4);
  return Math.ceil(bytes / unit / step) * step * unit;
}

function bytesAxis(t: ChartTheme, most: number, heightPx: number): object {
  const top = Math.max(1, roundBytes(most));
  const parts = heightPx < 160 ? 2 : 4;
  const at = Array.from({ length: parts + 1 }, (_, i) => (top * i) / parts);
  const axis = valueAxis(t, top, formatBytesBinary) as Record<string, object>;
  return {
    ...axis,
    max: top,
    interval: top / parts,
    axisTick: { ...axis['axisTick'], customValues: at },
    axisLabel: {
      ...axis['axisLabel'],
      customValues: at,
      formatter: (v: number) => (v === 0 ? '0' : formatBytesBinary(v)),
    },
  };
}

const timeText = (nanos: number, range: TimeRange): string =>
  formatAxisTimeText(
    nanos,
    Math.max(1, 10 ** Math.floor(Math.log10(Math.max(10, (range.toNanos - range.fromNanos) / 1000)))),
  );

export interface HeapPicture {
  readonly points: readonly HeapPoint[];
  readonly range: TimeRange;
  readonly report: GcReport;
}

/** Null when the trace does not tell of the heap. */
export function heapModel({ points, range, report }: HeapPicture): ChartModel | null {
  if (points.every((p) => p.heapBytes === null)) return null;
  const most = points.reduce((m, p) => Math.max(m, p.heapBytes ?? 0, p.goalBytes ?? 0), 0);
  const known = points.filter((p) => p.heapBytes !== null);
  const text = (b: number | null): string => (b === null ? 'not known' : formatBytesBinary(b));
  const line = (t: ChartTheme, id: 'heap' | 'goal'): LineSeriesOption => {
    const colour = t.colour(id === 'heap' ? 'hue-14' : 'ink-3');
    return {
      type: 'line',
      id,
      name: id === 'heap' ? 'allocated' : 'goal',
      silent: true,
      showSymbol: false,
      step: 'end',
      lineStyle: { color: colour, width: id === 'heap' ? 1.5 : 1.25, type: id === 'heap' ? 'solid' : 'dashed' },
      itemStyle: { color: colour },
      ...(id === 'heap' ? { areaStyle: { color: faded(colour, 0.3) } } : {}),
      data: points.map((p) => [p.atNanos, (id === 'heap' ? p.heapBytes : p.goalBytes) ?? '-']),
    };
  };
  return {
    series: [
      { id: 'heap', name: 'allocated', colour: 'hue-14', filled: true },
      { id: 'goal', name: 'goal', colour: 'ink-3', line: 'dashed' },
    ],
    extent: { from: range.fromNanos, to: range.toNanos },
    places: points.map((p) => p.atNanos),
    read: (i) => ({
      title: timeText(points[i]!.atNanos, range),
      values: [
        { id: 'heap', text: text(points[i]!.heapBytes) },
        { id: 'goal', text: text(points[i]!.goalBytes) },
      ],
    }),
    option: (t, view) => ({
      xAxis: timeAxis(t, view.range, view.widthPx),
      yAxis: bytesAxis(t, most, view.heightPx),
      series: [
        bands(t, bandsOf(report.cycles, view.range, view.widthPx), []),
        ...(['heap', 'goal'] as const).filter((id) => !view.hidden.has(id)).map((id) => line(t, id)),
      ],
    }),
    twin: {
      rowCount: points.length,
      columns: [
        {
          id: 'at',
          title: 'Time',
          help: 'Begin of the step',
          kind: 'time',
          value: (i) => points[i]!.atNanos,
          widthPx: 130,
        },
        {
          id: 'heap',
          title: 'Allocated',
          help: 'Most bytes of the heap that were allocated during the step',
          kind: 'bytes',
          value: (i) => points[i]!.heapBytes,
          widthPx: 130,
          bar: 'hue-14',
        },
        {
          id: 'goal',
          title: 'Goal',
          help: 'The heap size at which the next cycle is to end',
          kind: 'bytes',
          value: (i) => points[i]!.goalBytes,
          widthPx: 130,
        },
      ],
    },
    summary: `Heap from ${text(known[0]?.heapBytes ?? null)} to ${text(known.at(-1)?.heapBytes ?? null)}, at most ${text(report.heap.maxBytes)}; ${report.cycles.length} cycles.`,
  };
}

/** The collector's share of the processors over time. */
export function cpuModel(report: GcReport, range: TimeRange): ChartModel | null {
  const { fromNanos, stepNanos, values } = report.cpuShare;
  if (values.length === 0) return null;
  const atOf = (i: number): number => fromNanos + i * stepNanos;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const most = Math.max(...values);
  return {
    series: [{ id: 'share', name: 'collector', colour: 'st-mark', filled: true }],
    extent: { from: range.fromNanos, to: range.toNanos },
    places: values.map((_, i) => atOf(i) + stepNanos / 2),
    read: (i) => ({
      title: `${timeText(atOf(i), range)} – ${timeText(atOf(i + 1), range)}`,
      values: [{ id: 'share', text: formatShare(values[i]!) }],
    }),
    option: (t, view) => ({
      xAxis: timeAxis(t, view.range, view.widthPx),
      yAxis: shareAxis(t, view.heightPx),
      series: [
        bands(t, [], drawnStops(report.stops)),
        {
          type: 'line',
          id: 'share',
          name: 'collector',
          silent: true,
          showSymbol: false,
          step: 'end',
          lineStyle: { color: t.colour('st-mark'), width: 1 },
          itemStyle: { color: t.colour('st-mark') },
          areaStyle: { color: faded(t.colour('st-mark'), 0.55) },
          data: [...values.map((v, i) => [atOf(i), v]), [atOf(values.length), values.at(-1)!]],
        },
      ],
    }),
    twin: {
      rowCount: values.length,
      columns: [
        { id: 'at', title: 'Time', help: 'Begin of the step', kind: 'time', value: atOf, widthPx: 130 },
        {
          id: 'share',
          title: 'Collector',
          help: 'Share of all processors’ time that mark workers, assists and sweeps had in the step',
          kind: 'share',
          value: (i) => values[i]!,
          widthPx: 130,
          bar: 'st-mark',
        },
      ],
    },
    summary: `Mark workers, assists and sweeps: ${formatShare(mean)} of the processors on average, at most ${formatShare(most)} in a step.`,
  };
}
