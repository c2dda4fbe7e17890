// How figures of a comparison are written: by unit, difference, ratio, and the mark that says what they mean. Pure.

import type { ComparedMeasure, MeasureChange, MeasureUnit, Normalise } from '../../../contract/compare';
import {
  formatBytesBinary,
  formatCount,
  formatDuration,
  formatShare,
  MINUS,
  THIN,
  type Quantity,
} from '../../base/format';

/** Small figures with three digits, whole ones without a point. */
function plain(v: number): string {
  if (Number.isInteger(v) || Math.abs(v) >= 1000) return formatCount(v);
  const a = Math.abs(v);
  const text = a >= 100 ? a.toFixed(0) : a >= 10 ? a.toFixed(1) : a >= 1 ? a.toFixed(2) : a.toPrecision(2);
  return v < 0 ? MINUS + text : text;
}

/** A figure with its unit apart. N.B. what was divided is a fraction of its unit. */
export function quantity(unit: MeasureUnit, v: number): Quantity {
  switch (unit) {
    case 'ns':
      return formatDuration(v);
    case 'share':
      return { value: v < 0 ? MINUS + formatShare(-v) : formatShare(v), unit: '' };
    case 'bytes': {
      const [value = '', of = ''] = formatBytesBinary(Math.abs(v)).split(THIN);
      return { value: v < 0 ? MINUS + value : value, unit: of };
    }
    default:
      return { value: plain(v), unit: '' };
  }
}

export const quantityText = (unit: MeasureUnit, v: number | null): string => {
  if (v === null) return '–';
  const q = quantity(unit, v);
  return q.unit ? q.value + THIN + q.unit : q.value;
};

/** `+1.204 ms`, `−12 %`; shares differ by points of a hundred. */
export function differenceText(unit: MeasureUnit, v: number | null): string {
  if (v === null) return '–';
  if (v === 0) return '0';
  return (v > 0 ? '+' : '') + quantityText(unit, v);
}

/** `× 0.29`; `–` where nothing can be divided. */
export function ratioText(ratio: number | null): string {
  if (ratio === null) return '–';
  const text = ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2);
  return `×${THIN}${text}`;
}

export interface ChangeMark {
  /** `▲ more`: which way it went. */
  readonly sign: string;
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'none';
}

/** The mark of a figure, told by sign and word, and by colour only beside them. */
export function changeMark(change: MeasureChange, difference: number | null): ChangeMark {
  if (change === 'unknown' || difference === null) return { sign: '–', word: 'not known', tone: 'none' };
  if (difference === 0 || change === 'same') return { sign: '=', word: 'same', tone: 'none' };
  const sign = difference > 0 ? '▲' : '▼';
  if (change === 'plain') return { sign, word: difference > 0 ? 'more' : 'less', tone: 'none' };
  return { sign, word: change, tone: change === 'better' ? 'good' : 'bad' };
}

/** Of times in tables, where less is better: below 2 % it is the same. */
export function timeChange(a: number, b: number): MeasureChange {
  if (Math.abs(b - a) <= 0.02 * Math.max(Math.abs(a), Math.abs(b))) return 'same';
  return b < a ? 'better' : 'worse';
}

/** Whether B took less time than A. */
export function verdictOf(measures: readonly ComparedMeasure[]): ChangeMark['tone'] {
  const d = measures.find((m) => m.id === 'duration');
  return d ? changeMark(d.change, d.difference).tone : 'none';
}

/** What the duration says of the whole: `B takes 1.004 ms instead of 2.945 ms: 2.93 times as fast.` */
export function headline(measures: readonly ComparedMeasure[]): string {
  const d = measures.find((m) => m.id === 'duration');
  if (!d || d.a === null || d.b === null) return '';
  const [a, b] = [quantityText('ns', d.a), quantityText('ns', d.b)];
  if (d.change === 'same') return `Both take about as long: ${a} and ${b}.`;
  const times =
    d.b < d.a
      ? `${(d.a / Math.max(1, d.b)).toFixed(2)} times as fast`
      : `${(d.b / Math.max(1, d.a)).toFixed(2)} times as long`;
  return `B takes ${b} instead of ${a}: ${times}.`;
}

export const NORMALISE_TEXT: Readonly<Record<Normalise, { readonly name: string; readonly help: string }>> = {
  none: { name: 'As they are', help: 'Figures of the whole trace, or of the window that is compared' },
  duration: {
    name: 'Per second',
    help: 'Sums and counts divided by the length of the trace: for runs of different length',
  },
  tasks: {
    name: 'Per task',
    help: 'Sums and counts divided by the user tasks that were completed: for different loads',
  },
};
