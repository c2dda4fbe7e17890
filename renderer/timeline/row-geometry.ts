// Where the rows of a list stand: heads of groups and rows below each other, closed groups without their rows. Pure, and
// good for millions of rows: nothing is made per row unless rows differ in height, which only short lists do.

import type { RowGroup } from '../../contract/rows';
import type { Px } from '../../contract/units';

/** One thing of a list that takes room. y of the list, from its top. */
export type ListItem =
  | {
      readonly kind: 'head';
      readonly group: RowGroup;
      readonly open: boolean;
      readonly topPx: Px;
      readonly heightPx: Px;
    }
  | { readonly kind: 'row'; readonly index: number; readonly topPx: Px; readonly heightPx: Px };

interface Section {
  readonly group: RowGroup | null;
  readonly open: boolean;
  readonly from: number;
  readonly end: number;
  readonly topPx: Px;
  readonly rowsTopPx: Px;
  readonly endPx: Px;
}

export interface GeometryInput {
  readonly count: number;
  /** Empty: one list without heads. Shapes: together all rows, in order. */
  readonly groups: readonly RowGroup[];
  readonly closed: ReadonlySet<string>;
  readonly headPx: Px;
  /** Height of every row, or of each by its index. */
  readonly rowPx: Px | ((index: number) => Px);
}

export class RowGeometry {
  readonly #sections: readonly Section[];
  readonly #headPx: Px;
  readonly #rowPx: Px;
  /** Sum of the heights before each row; null when all are the same. */
  readonly #before: Float64Array | null;
  readonly heightPx: Px;

  constructor(o: GeometryInput) {
    this.#headPx = o.headPx;
    this.#rowPx = typeof o.rowPx === 'number' ? o.rowPx : 0;
    this.#before = typeof o.rowPx === 'number' ? null : sums(o.count, o.rowPx);
    const groups = o.groups.length > 0 ? o.groups : [null];
    let y = 0;
    this.#sections = groups.map((group) => {
      const from = group?.from ?? 0;
      const end = group ? group.from + group.count : o.count;
      const open = group === null || !o.closed.has(group.name);
      const rowsTopPx = y + (group ? o.headPx : 0);
      const endPx = rowsTopPx + (open ? this.#span(from, end) : 0);
      const section: Section = { group, open, from, end, topPx: y, rowsTopPx, endPx };
      y = endPx;
      return section;
    });
    this.heightPx = y;
  }

  #span(from: number, end: number): Px {
    return this.#before ? this.#before[end]! - this.#before[from]! : (end - from) * this.#rowPx;
  }

  /** Everything that touches [topPx, endPx). Cost: O(log groups + items in it). */
  between(topPx: Px, endPx: Px): readonly ListItem[] {
    const out: ListItem[] = [];
    for (let i = this.#sectionAt(topPx); i < this.#sections.length; i++) {
      const s = this.#sections[i]!;
      if (s.topPx >= endPx) break;
      if (s.group && s.rowsTopPx > topPx)
        out.push({ kind: 'head', group: s.group, open: s.open, topPx: s.topPx, heightPx: this.#headPx });
      if (!s.open) continue;
      for (let r = this.#rowIn(s, topPx); r < s.end; r++) {
        const at = s.rowsTopPx + this.#span(s.from, r);
        if (at >= endPx) break;
        out.push({ kind: 'row', index: r, topPx: at, heightPx: this.#span(r, r + 1) });
      }
    }
    return out;
  }

  /** Place of a row; of its group's head when that is closed. */
  placeOf(index: number): { readonly topPx: Px; readonly heightPx: Px; readonly closedGroup: string | null } {
    const s = this.#sections.find((x) => index >= x.from && index < x.end);
    if (!s) return { topPx: 0, heightPx: 0, closedGroup: null };
    if (!s.open) return { topPx: s.topPx, heightPx: this.#headPx, closedGroup: s.group?.name ?? null };
    return {
      topPx: s.rowsTopPx + this.#span(s.from, index),
      heightPx: this.#span(index, index + 1),
      closedGroup: null,
    };
  }

  /** The next row that is shown, up or down; null at the end. */
  neighbour(index: number, direction: 1 | -1): number | null {
    let i = index + direction;
    for (;;) {
      const s = this.#sections.find((x) => i >= x.from && i < x.end);
      if (!s) return null;
      if (s.open) return i;
      i = direction > 0 ? s.end : s.from - 1;
    }
  }

  #sectionAt(px: Px): number {
    let [lo, hi] = [0, this.#sections.length];
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.#sections[mid]!.endPx <= px) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  /** The first row of a section that reaches below a place. */
  #rowIn(s: Section, px: Px): number {
    if (px <= s.rowsTopPx) return s.from;
    if (!this.#before) return s.from + Math.floor((px - s.rowsTopPx) / this.#rowPx);
    const target = px - s.rowsTopPx + this.#before[s.from]!;
    let [lo, hi] = [s.from, s.end];
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.#before[mid + 1]! <= target) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }
}

function sums(count: number, heightOf: (index: number) => Px): Float64Array {
  const out = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) out[i + 1] = out[i]! + heightOf(i);
  return out;
}
