// One ECharts instance and the element it lives in: drawn at once, never animated, again after each change of data,
// size or theme. N.B. `flush` paints now, so that the page is at rest as soon as the data is there.

import { computed, onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue';
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

  const current = computed(() => option(theme.value, widthPx.value, heightPx.value));
  function draw(): void {
    const now = current.value;
    if (!chart || !now || now === drawn || widthPx.value === 0) return;
    drawn = now;
    chart.setOption({ ...now, animation: false }, { notMerge: true });
    chart.getZr().flush();
  }

  function measure(): void {
    const el = element.value;
    if (!el || el.clientWidth === 0 || el.clientHeight === 0) return;
    const isNew = chart === null;
    chart ??= initCanvas(el);
    if (isNew || el.clientWidth !== widthPx.value || el.clientHeight !== heightPx.value)
      chart.resize({ width: el.clientWidth, height: el.clientHeight });
    widthPx.value = el.clientWidth;
    heightPx.value = el.clientHeight;
    draw();
  }

  const endTheme = watchPalette((p) => (theme.value = currentTheme(p)));
  onMounted(() => {
    observer = new ResizeObserver(measure);
    if (element.value) observer.observe(element.value);
    measure();
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
      measure();
    }
  });
  watch(current, draw, { flush: 'post' });
  onBeforeUnmount(() => {
    endTheme();
    observer?.disconnect();
    chart?.dispose();
    chart = null;
  });

  return {
    theme,
    widthPx,
    heightPx,
    pixelOf: (x) => Number(chart?.convertToPixel({ xAxisIndex: 0 }, x) ?? Number.NaN),
    valueOf: (px) => Number(chart?.convertFromPixel({ xAxisIndex: 0 }, px) ?? Number.NaN),
  };
}
