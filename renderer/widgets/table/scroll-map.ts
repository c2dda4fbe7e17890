// Rows and pixels of a long table. A browser lays out no element higher than some 33 million pixels, which a table of
// 1.3 million rows exceeds: beyond `MOST_PX` the scroll bar stands for a longer way than its own pixels, while wheel and
// keys still move by rows.
//
//   offset   0 ─────────────────────────────── rows × height − view     where we are, in pixels of rows
//   scroll   0 ──────────── MOST_PX − view                              where the scroll bar is

export interface ScrollMap {
  /** Height of the element that makes the scroll bar. */
  readonly heightPx: number;
  /** The greatest offset. */
  readonly lastPx: number;
  /** True where the scroll bar's pixels are not those of the rows. */
  readonly scaled: boolean;
  offsetOf(scrollPx: number): number;
  scrollOf(offsetPx: number): number;
}

/** Well under the limits of Chromium (2^25) and of those that keep layout in 1/64 px in 32 bits. */
export const MOST_PX = 8_000_000;

/** Units: CSS pixels; `viewPx` is the height in which rows are seen. */
export function scrollMap(rowCount: number, rowPx: number, viewPx: number): ScrollMap {
  const wholePx = rowCount * rowPx;
  const heightPx = Math.min(wholePx, MOST_PX);
  const lastPx = Math.max(0, wholePx - viewPx);
  const lastScroll = Math.max(0, heightPx - viewPx);
  const scaled = wholePx > MOST_PX;
  const factor = scaled && lastScroll > 0 ? lastPx / lastScroll : 1;
  return {
    heightPx,
    lastPx,
    scaled,
    offsetOf: (scrollPx) => Math.min(lastPx, Math.max(0, scrollPx * factor)),
    scrollOf: (offsetPx) => Math.min(lastScroll, Math.max(0, offsetPx / factor)),
  };
}

/** The rows that are seen at an offset, and `spare` more on both sides. Shapes: [from, to), within the table. */
export function rowsInView(
  offsetPx: number,
  rowCount: number,
  rowPx: number,
  viewPx: number,
  spare: number,
): { readonly from: number; readonly to: number } {
  const first = Math.floor(offsetPx / rowPx);
  const past = Math.ceil((offsetPx + viewPx) / rowPx);
  return { from: Math.max(0, Math.min(rowCount, first - spare)), to: Math.max(0, Math.min(rowCount, past + spare)) };
}

/** The least move of the offset that brings a row into view whole. */
export function offsetToShow(row: number, offsetPx: number, rowPx: number, viewPx: number): number {
  const [top, foot] = [row * rowPx, (row + 1) * rowPx];
  if (top < offsetPx) return top;
  return foot > offsetPx + viewPx ? Math.max(0, foot - viewPx) : offsetPx;
}
