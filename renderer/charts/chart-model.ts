// What a chart is, told by a page: its picture as an option of ECharts, its values in words, and the same as a table.

import type { Column } from '../widgets/table/columns';
import type { AxisRange } from './axes';
import type { ChartTheme } from './chart-theme';
import type { ChartOption } from './echarts-setup';

/** A series as the legend, the tooltip and screen readers name it. */
export interface ChartSeries {
  readonly id: string;
  readonly name: string;
  /** Token of its colour, without dashes. */
  readonly colour: string;
  readonly line?: 'solid' | 'dashed' | 'dotted';
  /** What it shows is a filled area or bar, not a line. */
  readonly filled?: boolean;
}

/** What stands at one place of the x axis. */
export interface Reading {
  readonly title: string;
  readonly values: readonly { readonly id: string; readonly text: string }[];
}

/** The range that is shown, series that are switched off, and the room there is. */
export interface ChartView {
  readonly range: AxisRange;
  readonly hidden: ReadonlySet<string>;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface ChartModel {
  readonly series: readonly ChartSeries[];
  /** Both ends of the x axis, in its units. */
  readonly extent: AxisRange;
  /** Places on the x axis that have values, rising: the pointer and the arrow keys go from one to the next. */
  readonly places: ArrayLike<number>;
  /** What stands at a place. */
  readonly read: (place: number) => Reading;
  /** Pure: series by their ids as names; axes by axes.ts; no colour but those of the theme. */
  readonly option: (t: ChartTheme, view: ChartView) => ChartOption;
  /** The same figures as rows; `Column` over the number of the row. */
  readonly twin: { readonly columns: readonly Column<number>[]; readonly rowCount: number };
  /** A sentence that says what the picture shows. */
  readonly summary: string;
}

/** Room around the plot for labels. Units: CSS pixels. */
export interface PlotMargins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
export const MARGINS: PlotMargins = { left: 52, right: 18, top: 12, bottom: 40 };
/** The same with room for `512 MiB`. */
export const BYTES_MARGINS: PlotMargins = { ...MARGINS, left: 62 };

/** The number of the place that is nearest to `x`; -1 without places. Cost: O(log n). */
export function nearestPlace(places: ArrayLike<number>, x: number): number {
  let [low, high] = [0, places.length - 1];
  if (high < 0) return -1;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (places[mid]! < x) low = mid + 1;
    else high = mid;
  }
  return low > 0 && x - places[low - 1]! < places[low]! - x ? low - 1 : low;
}
