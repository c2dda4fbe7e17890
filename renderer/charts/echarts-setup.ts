// The only place that imports ECharts: the parts that our charts are made of, and nothing else of it.

import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import type { GridComponentOption, LegendComponentOption, TitleComponentOption } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { ComposeOption, ECharts } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export type SeriesOption = BarSeriesOption | CustomSeriesOption | LineSeriesOption | ScatterSeriesOption;
export type ChartOption = ComposeOption<
  SeriesOption | GridComponentOption | LegendComponentOption | TitleComponentOption
>;
export type { CustomSeriesOption, ECharts, LineSeriesOption };

/** A chart on a canvas inside an element, in its size. */
export const initCanvas = (el: HTMLElement, width: number, height: number): ECharts =>
  init(el, null, { renderer: 'canvas', width, height });

/** A chart that is only written as SVG, in a size of its own. */
export const initSvg = (widthPx: number, heightPx: number): ECharts =>
  init(null, null, { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
