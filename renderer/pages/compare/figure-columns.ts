// Columns of the summary, of trends over a series, and of quantiles: figures of several units beside each other. Pure.

import type { ComparedMeasure, SeriesMeasure } from '../../../contract/compare';
import type { CellValue, Column } from '../../widgets/table/columns';
import { changeMark, differenceText, quantityText, ratioText } from './measure-text';

/** A figure at the right, written in its row's unit; sorted and exported as the plain number. */
function figure<Row>(
  id: string,
  title: string,
  help: string,
  value: (r: Row) => number | null,
  text: (r: Row) => string,
  widthPx: number,
): Column<Row> {
  return { id, title, help, kind: 'count', value, text, widthPx };
}

/** Blocks of the summary by what their figures are about; the last one takes the rest. */
const ABOUT: readonly { readonly title: string; readonly has: (id: string) => boolean }[] = [
  { title: 'The run', has: (id) => ['duration', 'proc-use', 'running', 'runnable'].includes(id) },
  { title: 'What goroutines did', has: (id) => /^(exec|sched-wait|block$|block:|syscall)/.test(id) },
  { title: 'Scheduler latency', has: (id) => id.startsWith('sched-latency') },
  { title: 'Garbage collection', has: (id) => /^(gc-|stw|mmu-|heap-)/.test(id) },
  { title: 'Counts', has: () => true },
];
const placeOf = (m: ComparedMeasure): number => ABOUT.findIndex((g) => g.has(m.id));

/** Figures that belong together follow each other; else in the order of the comparison. */
export const inBlocks = (measures: readonly ComparedMeasure[]): readonly ComparedMeasure[] =>
  [...measures].sort((a, b) => placeOf(a) - placeOf(b));

export const SUMMARY_COLUMNS: readonly Column<ComparedMeasure>[] = [
  {
    id: 'figure',
    title: 'Figure',
    help: 'What is measured, of the whole trace or of its time window',
    kind: 'text',
    value: (m) => m.title,
    widthPx: 210,
    grows: true,
    fixed: true,
  },
  {
    id: 'about',
    title: 'About',
    help: 'What the figure is about',
    kind: 'text',
    value: (m) => ABOUT[placeOf(m)]!.title,
    widthPx: 150,
    drops: 3,
  },
  figure(
    'a',
    'A',
    'The figure of the first trace',
    (m) => m.a,
    (m) => quantityText(m.unit, m.a),
    104,
  ),
  figure(
    'b',
    'B',
    'The figure of the second trace',
    (m) => m.b,
    (m) => quantityText(m.unit, m.b),
    104,
  ),
  {
    id: 'bars',
    title: 'A over B',
    help: 'Both as bars on one scale, a scale for each line',
    kind: 'custom',
    value: () => null,
    widthPx: 160,
    drops: 2,
    exported: false,
  },
  figure(
    'difference',
    'Difference',
    'B less A, in the figure’s own unit',
    (m) => m.difference,
    (m) => differenceText(m.unit, m.difference),
    110,
  ),
  figure(
    'ratio',
    'B ÷ A',
    'B as a multiple of A',
    (m) => m.ratio,
    (m) => ratioText(m.ratio),
    84,
  ),
  {
    id: 'change',
    title: 'Change',
    help: 'Better, worse or neither: for some figures less is better, for others more',
    kind: 'custom',
    value: (m) => changeMark(m.change, m.difference).word,
    widthPx: 108,
    sortable: true,
    exported: true,
    fixed: true,
  },
  {
    id: 'unit',
    title: 'Unit',
    help: 'What A and B are in, as copies and exports have them',
    kind: 'text',
    value: (m) => m.unit,
    widthPx: 70,
    hidden: true,
  },
];

const ends = (m: SeriesMeasure): readonly [number | null, number | null] => [
  m.values[0] ?? null,
  m.values.at(-1) ?? null,
];
/** The last run less the first; null where one of them does not tell. */
export const trendDifference = (m: SeriesMeasure): number | null => {
  const [a, b] = ends(m);
  return a === null || b === null ? null : b - a;
};
/** The last run as a multiple of the first. */
export const trendRatio = (m: SeriesMeasure): number | null => {
  const [a, b] = ends(m);
  return a === null || b === null ? null : a === b ? 1 : a === 0 ? null : b / a;
};

/** `runs`: letter and name of each, in their order. */
export const trendColumns = (
  runs: readonly { readonly letter: string; readonly name: string }[],
): readonly Column<SeriesMeasure>[] => [
  {
    id: 'figure',
    title: 'Figure',
    help: 'What is measured, of each run or of its time window',
    kind: 'text',
    value: (m) => m.title,
    widthPx: 220,
    grows: true,
    fixed: true,
  },
  {
    id: 'curve',
    title: 'Over the runs',
    help: 'The figure over the runs in their order; the axis begins at zero',
    kind: 'custom',
    value: () => null,
    widthPx: 156,
    exported: false,
  },
  ...runs.map((run, i) =>
    figure<SeriesMeasure>(
      `run-${i}`,
      `${run.letter} ${run.name}`,
      `The figure of ${run.letter}: ${run.name}`,
      (m) => m.values[i] ?? null,
      (m) => quantityText(m.unit, m.values[i] ?? null),
      120,
    ),
  ),
  figure(
    'ratio',
    'Last ÷ first',
    'The figure of the last run divided by that of the first',
    trendRatio,
    (m) => ratioText(trendRatio(m)),
    100,
  ),
  {
    id: 'change',
    title: 'Change',
    help: 'How the last run stands to the first: better, worse, or the same but for noise',
    kind: 'custom',
    value: (m): CellValue => changeMark(m.change, trendDifference(m)).word,
    widthPx: 108,
    sortable: true,
    exported: true,
  },
];

export interface QuantileRow {
  readonly name: string;
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number | null;
  readonly ratio: number | null;
}

export const QUANTILE_COLUMNS: readonly Column<QuantileRow>[] = [
  {
    id: 'name',
    title: 'Quantile',
    help: 'The share of all that took no longer',
    kind: 'text',
    value: (r) => r.name,
    sortable: false,
    widthPx: 74,
    grows: true,
    fixed: true,
  },
  figure(
    'a',
    'A',
    'The length in A',
    (r) => r.a,
    (r) => quantityText('ns', r.a),
    82,
  ),
  figure(
    'b',
    'B',
    'The length in B',
    (r) => r.b,
    (r) => quantityText('ns', r.b),
    82,
  ),
  figure(
    'difference',
    'Difference',
    'B less A',
    (r) => r.difference,
    (r) => differenceText('ns', r.difference),
    92,
  ),
  figure(
    'ratio',
    'B ÷ A',
    'B as a multiple of A',
    (r) => r.ratio,
    (r) => ratioText(r.ratio),
    72,
  ),
];
