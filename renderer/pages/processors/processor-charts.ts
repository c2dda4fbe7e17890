// The charts of the page over the same time: goroutines that run and that wait, and how busy each processor was. Pure.

import type { TimeRange } from '../../../contract/answers';
import { formatAxisTimeText, formatShare } from '../../base/format';
import { axisLook, timeAxis, valueAxis } from '../../charts/axes';
import type { ChartModel } from '../../charts/chart-model';
import { faded, type ChartTheme } from '../../charts/chart-theme';
import type { CustomSeriesOption, LineSeriesOption } from '../../charts/echarts-setup';
import type { Column } from '../../widgets/table/columns';
import { meanOf, type Steps } from './processor-use';

export interface ProcessorPicture {
  readonly range: TimeRange;
  readonly steps: Steps;
  /** Means of each step; NaN where nothing is known. */
  readonly running: Float64Array;
  readonly runnable: Float64Array;
  readonly busy: readonly { readonly proc: number; readonly shares: Float64Array }[];
  /** Goroutines that can run at a time. */
  readonly limit: number;
}

const atOf = (s: Steps, i: number): number => s.fromNanos + i * s.stepNanos;
const timeText = (s: Steps, i: number): string => {
  const step = Math.max(1, 10 ** Math.floor(Math.log10(Math.max(1, s.stepNanos))));
  return `${formatAxisTimeText(atOf(s, i), step)} – ${formatAxisTimeText(atOf(s, i + 1), step)}`;
};
const number = (v: number): string => (Number.isNaN(v) ? 'not known' : v.toFixed(v < 10 ? 1 : 0));
const places = (s: Steps): number[] => Array.from({ length: s.count }, (_, i) => atOf(s, i + 0.5));
const timeColumn = (s: Steps): Column<number> => ({
  id: 'at',
  title: 'Time',
  help: 'Begin of the step',
  kind: 'time',
  value: (i) => Math.round(atOf(s, i)),
  widthPx: 130,
});
const count = (values: Float64Array, i: number): number | null =>
  Number.isNaN(values[i]!) ? null : Math.round(values[i]! * 100) / 100;

const WHAT = {
  running: {
    name: 'running',
    help: 'Goroutines that ran, on average in the step',
    said: (mean: string, limit: number) => `${mean} goroutines ran on average, of ${limit} that could.`,
  },
  runnable: {
    name: 'runnable',
    help: 'Goroutines that could run and waited for a processor, on average in the step',
    said: (mean: string) => `${mean} goroutines waited for a processor on average.`,
  },
} as const;

/** Goroutines that run, under the limit of processors, or those that wait for one. Null: nothing is known. */
export function parallelismModel(p: ProcessorPicture, what: 'running' | 'runnable'): ChartModel | null {
  const { steps, range, limit } = p;
  const values = p[what];
  const mean = meanOf(values);
  if (mean === null) return null;
  const most = [...values].reduce((m, v) => (Number.isNaN(v) ? m : Math.max(m, v)), what === 'running' ? limit : 1);
  const line = (t: ChartTheme): LineSeriesOption => {
    const colour = t.colour(`st-${what}`);
    return {
      type: 'line',
      id: what,
      name: WHAT[what].name,
      silent: true,
      showSymbol: false,
      lineStyle: { color: colour, width: 1 },
      itemStyle: { color: colour },
      areaStyle: { color: faded(colour, 0.45) },
      data: [...values].flatMap((v, i) => [
        [atOf(steps, i), Number.isNaN(v) ? '-' : v],
        [atOf(steps, i + 1), Number.isNaN(v) ? '-' : v],
      ]),
      // The most that can run at a time.
      ...(what === 'running'
        ? {
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: t.colour('ink-3'), type: 'dashed', width: 1 },
              data: [{ yAxis: limit }],
            },
          }
        : {}),
    };
  };
  return {
    series: [{ id: what, name: WHAT[what].name, colour: `st-${what}`, filled: true }],
    extent: { from: range.fromNanos, to: range.toNanos },
    places: places(steps),
    read: (i) => ({ title: timeText(steps, i), values: [{ id: what, text: number(values[i]!) }] }),
    option: (t, view) => ({
      xAxis: timeAxis(t, view.range, view.widthPx),
      yAxis: valueAxis(t, most, (v) => String(Math.round(v * 10) / 10)),
      series: view.hidden.has(what) ? [] : [line(t)],
    }),
    twin: {
      rowCount: steps.count,
      columns: [
        timeColumn(steps),
        {
          id: what,
          title: what === 'running' ? 'Running' : 'Runnable',
          help: WHAT[what].help,
          kind: 'count',
          value: (i) => count(values, i),
          widthPx: 130,
          bar: `st-${what}`,
        },
      ],
    },
    summary: WHAT[what].said(number(mean), limit),
  };
}

/** Each processor a row, each step a cell: the darker the busier. Null: the trace tells of no processor. */
export function heatModel({ steps, busy, range }: ProcessorPicture): ChartModel | null {
  if (busy.length === 0 || steps.count === 0) return null;
  const mean = (i: number): number | null => meanOf(busy.map((b) => b.shares[i] ?? Number.NaN));
  const idle = (i: number): number => busy.filter((b) => (b.shares[i] ?? 0) < 0.005).length;
  const cells = busy.flatMap((b, row) =>
    [...b.shares].flatMap((share, i) =>
      Number.isNaN(share) || share <= 0 ? [] : [[atOf(steps, i), atOf(steps, i + 1), row, share]],
    ),
  );
  const series = (t: ChartTheme): CustomSeriesOption => ({
    type: 'custom',
    id: 'busy',
    silent: true,
    clip: true,
    data: cells,
    encode: { x: [0, 1], y: 2 },
    renderItem: (_params, api) => {
      const [from, y] = api.coord([api.value(0), api.value(2)]) as [number, number];
      const [to] = api.coord([api.value(1), api.value(2)]) as [number, number];
      const height = Math.abs((api.size!([0, 1]) as number[])[1]!);
      const room = height > 4 ? 1 : 0;
      return {
        type: 'rect',
        shape: { x: from, y: y - height / 2 + room / 2, width: Math.max(0.6, to - from + 0.3), height: height - room },
        style: { fill: faded(t.colour('st-running'), 0.1 + 0.9 * Number(api.value(3))) },
      };
    },
  });
  const names = busy.map((b) => `P${b.proc}`);
  const busiest = busy.map((b) => ({ proc: b.proc, share: meanOf(b.shares) ?? 0 })).sort((a, b) => b.share - a.share);
  return {
    series: [{ id: 'busy', name: 'in use', colour: 'st-running', filled: true }],
    extent: { from: range.fromNanos, to: range.toNanos },
    places: places(steps),
    read: (i) => ({
      title: timeText(steps, i),
      values: [
        { id: 'busy', text: `${formatShare(mean(i) ?? 0)} of the processors; ${idle(i)} of ${busy.length} idle` },
      ],
    }),
    option: (t, view) => ({
      xAxis: timeAxis(t, view.range, view.widthPx),
      yAxis: {
        type: 'category',
        data: names,
        inverse: true,
        ...axisLook(t),
        axisTick: { show: false },
        splitLine: { show: false },
      },
      series: view.hidden.has('busy') ? [] : [series(t)],
    }),
    twin: {
      rowCount: steps.count,
      columns: [
        timeColumn(steps),
        {
          id: 'mean',
          title: 'All',
          help: 'Share of the time of all processors that goroutines ran on them',
          kind: 'share',
          value: mean,
          widthPx: 100,
          bar: 'st-running',
        },
        ...busy.map((b): Column<number> => ({
          id: `p${b.proc}`,
          title: `P${b.proc}`,
          help: `Share of the step that goroutines ran on processor ${b.proc}`,
          kind: 'share',
          value: (i) => (Number.isNaN(b.shares[i]!) ? null : (b.shares[i] ?? null)),
          widthPx: 90,
          bar: 'st-running',
        })),
      ],
    },
    summary: `${busy.length} processors; the busiest is P${busiest[0]!.proc} with ${formatShare(busiest[0]!.share)}, the least busy P${busiest.at(-1)!.proc} with ${formatShare(busiest.at(-1)!.share)}.`,
  };
}
