// One cell as virtual nodes. A function, not a component: some five hundred are made anew for each scrolled screen.

import { h, type VNode } from 'vue';
import { formatDurationText, formatShare } from '../../base/format';
import { fullValue, shownValue } from './cell-text';
import { alignsRight, type BarPart, type Column } from './columns';

export interface CellContext {
  /** The greatest value of the column among all rows: where its bar is full. */
  readonly most: number;
  /** Links can be reached by Tab in one row only, not in each that is on screen. */
  readonly reachable: boolean;
  follow(): void;
}

/** A stacked bar: parts in their order, as wide as their share. Named for screen readers and on hover. */
export function stackedBar(parts: readonly BarPart[]): VNode {
  const there = parts.filter((p) => p.amount > 0);
  const all = there.reduce((sum, p) => sum + p.amount, 0);
  const said = there.map((p) => `${p.name} ${formatDurationText(p.amount)} (${formatShare(p.amount / all)})`);
  return h(
    'span',
    { class: 'stack', role: 'img', 'aria-label': said.join(', ') || 'nothing', title: said.join('\n') },
    there.map((p) => h('i', { class: `part-${p.look}`, style: { flexGrow: p.amount } })),
  );
}

/** Small bars of counts, from zero; empty places keep their width. */
export function smallHistogram(counts: readonly number[]): VNode {
  const most = Math.max(1, ...counts);
  const all = counts.reduce((a, b) => a + b, 0);
  return h(
    'span',
    { class: 'bars', role: 'img', 'aria-label': `${all} in ${counts.filter((n) => n > 0).length} buckets` },
    counts.map((n) => h('i', { style: { height: n > 0 ? `${Math.max(8, (n / most) * 100)}%` : '0' } })),
  );
}

function content<Row>(column: Column<Row>, row: Row, at: CellContext): (VNode | string)[] {
  if (column.kind === 'breakdown') return [stackedBar(column.parts?.(row) ?? [])];
  if (column.kind === 'histogram') return [smallHistogram(column.counts?.(row) ?? [])];
  const value = column.value(row);
  const shown = column.text ? { value: column.text(row), unit: '' } : shownValue(column.kind, value);
  // A text of the column's own has its unit in itself.
  const hasUnit = !column.text && (column.kind === 'duration' || column.kind === 'time');
  const text: (VNode | string)[] = hasUnit ? [shown.value, h('span', { class: 'unit' }, shown.unit)] : [shown.value];
  if (column.swatch) text.unshift(h('i', { class: `swatch part-${column.swatch(row)}` }));
  if (column.link?.(row)) {
    const onClick = (e: Event): void => {
      e.preventDefault();
      e.stopPropagation();
      at.follow();
    };
    return [h('a', { href: '#', tabindex: at.reachable ? 0 : -1, onClick }, text)];
  }
  return text;
}

function foot<Row>(column: Column<Row>, row: Row, most: number): VNode | null {
  if (!column.bar || most <= 0) return null;
  const share = Math.min(1, (Number(column.value(row)) || 0) / most);
  return share < 0.01
    ? null
    : h('i', { class: 'foot', style: { width: `calc((100% - 20px) * ${share})`, background: `var(--${column.bar})` } });
}

/** The cell of a column in a row, drawn by its kind. */
export function cellNode<Row>(column: Column<Row>, row: Row, at: CellContext): VNode {
  const value = column.value(row);
  const empty = value === null || (value === 0 && column.kind !== 'time' && column.kind !== 'share');
  const drawn = column.kind === 'breakdown' || column.kind === 'histogram';
  return h(
    'span',
    {
      class: [
        'value',
        { cut: !drawn, drawn, mono: column.kind === 'code', muted: empty && !drawn, num: alignsRight(column.kind) },
      ],
      title: drawn ? undefined : fullValue(column.kind, value),
    },
    [...content(column, row, at), foot(column, row, at.most)],
  );
}
