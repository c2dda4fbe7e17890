// One ECharts instance and the element it lives in: never animated, drawn again after each change of data, size or theme.
// A chart is a large part of what a page costs, so it is measured, made and painted in tasks of its own, and two charts
// never in one task. N.B. `flush` paints without waiting for a frame: the page is at rest as soon as its charts are.

import { computed, onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue';
import { ownTask } from '../base/own-task';
import { currentPalette, watchPalette } from '../base/palette';
import { currentTheme, type ChartTheme } from './chart-theme';
import { initCanvas, type ChartOption, type ECharts } from './echarts-setup';

export interface ChartHandle {
  readonly theme: Readonly<ShallowRef<ChartTheme>>;
  readonly widthPx: Readonly<ShallowRef<number>>;
  readonly heightPx: Readonly<ShallowRef<number>>;
  /** From a place on the x axis to a pixel of the element, and back. */
  pixelOf(x: number): number;
  valueOf(px: number): number;
}

export function useChart(
  element: Readonly<ShallowRef<HTMLElement | null>>,
  option: (t: ChartTheme, widthPx: number, heightPx: number) => ChartOption | null,
): ChartHandle {
  const theme = shallowRef(currentTheme(currentPalette()));
  const widthPx = shallowRef(0);
  const heightPx = shallowRef(0);
  let chart: ECharts | null = null;
  let observer: ResizeObserver | null = null;
  /** What is on the canvas: drawing the same again costs as much as the first time. */
  let drawn: ChartOption | null = null;

  /** Counts what was painted: places on the axis are known from then on. */
  const painted = shallowRef(0);

  const current = computed(() => option(theme.value, widthPx.value, heightPx.value));
  const painting = ownTask('chart', () => {
    if (!chart) return;
    chart.getZr().flush();
    chart.getZr().animation.resume();
    painted.value++;
  });
  const laying = ownTask('chart', () => {
    if (!chart) return;
    // N.B. this lays out what `setOption` left for later, also where the size is the same.
    chart.resize({ width: widthPx.value, height: heightPx.value });
    painting.request();
  });
  const drawing = ownTask('chart', () => {
    const now = current.value;
    const el = element.value;
    if (!now || now === drawn || !el || widthPx.value === 0) return;
    chart ??= initCanvas(el, widthPx.value, heightPx.value);
    drawn = now;
    // A frame of its own would do all that is left at once.
    chart.getZr().animation.pause();
    chart.setOption({ ...now, animation: false }, { notMerge: true, lazyUpdate: true });
    laying.request();
  });
  const measuring = ownTask('chart', () => {
    const el = element.value;
    if (!el || el.clientWidth === 0 || el.clientHeight === 0) return;
    widthPx.value = el.clientWidth;
    heightPx.value = el.clientHeight;
    drawing.request();
  });

  const endTheme = watchPalette((p) => (theme.value = currentTheme(p)));
  onMounted(() => {
    observer = new ResizeObserver(() => measuring.request());
    if (element.value) observer.observe(element.value);
    measuring.request();
  });
  watch(element, (el, was) => {
    // The first one is that of `onMounted`: to make its chart again would cost all once more.
    if (el && !was && chart?.getDom() === el) return;
    if (was) observer?.unobserve(was);
    chart?.dispose();
    chart = null;
    drawn = null;
    if (el) {
      observer?.observe(el);
      measuring.request();
    }
  });
  watch(current, () => drawing.request(), { flush: 'post' });
  onBeforeUnmount(() => {
    for (const task of [measuring, drawing, laying, painting]) task.cancel();
    endTheme();
    observer?.disconnect();
    chart?.dispose();
    chart = null;
  });

  /** Of a chart that is drawn; anew after each painting. */
  const there = (): ECharts | null => (painted.value > 0 ? chart : null);
  return {
    theme,
    widthPx,
    heightPx,
    pixelOf: (x) => Number(there()?.convertToPixel({ xAxisIndex: 0 }, x) ?? Number.NaN),
    valueOf: (px) => Number(there()?.convertFromPixel({ xAxisIndex: 0 }, px) ?? Number.NaN),
  };
}
