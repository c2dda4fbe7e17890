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

  const current = computed(() => option(theme.value, widthPx.value, heightPx.value));
  function draw(): void {
    const now = current.value;
    if (!chart || !now || widthPx.value === 0) return;
    chart.setOption({ ...now, animation: false }, { notMerge: true });
    chart.getZr().flush();
  }

  function measure(): void {
    const el = element.value;
    if (!el || el.clientWidth === 0 || el.clientHeight === 0) return;
    chart ??= initCanvas(el);
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
    if (was) observer?.unobserve(was);
    chart?.dispose();
    chart = null;
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
