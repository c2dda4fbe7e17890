import { mount } from '@vue/test-utils';
import { beforeEach, expect, it, vi } from 'vitest';
import { defineComponent, h, shallowRef } from 'vue';
import { idle } from '../base/idle';
import type { ChartOption } from './echarts-setup';
import { useChart } from './use-chart';

const calls = vi.hoisted(() => ({ options: [] as unknown[], resizes: 0 }));
vi.mock('./echarts-setup', () => ({
  initCanvas: (el: HTMLElement) => ({
    getDom: () => el,
    setOption: (option: unknown) => calls.options.push(option),
    resize: () => calls.resizes++,
    getZr: () => ({ flush: () => undefined, animation: { pause: () => undefined, resume: () => undefined } }),
    dispose: () => undefined,
  }),
}));

beforeEach(() => {
  calls.options.length = calls.resizes = 0;
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 300 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 600 });
});

it('a chart is drawn once for what it shows, and again when that changes or its element is another', async () => {
  const data = shallowRef(1);
  const key = shallowRef('a');
  const Chart = defineComponent(() => {
    const plot = shallowRef<HTMLElement | null>(null);
    useChart(plot, (): ChartOption => ({ series: [{ type: 'line', data: [data.value] }] }));
    return () => h('div', { ref: plot, key: key.value });
  });
  const chart = mount(Chart, { attachTo: document.body });
  await idle();
  expect([calls.options.length, calls.resizes]).toEqual([1, 1]);
  data.value = 2;
  await idle();
  expect(calls.options).toHaveLength(2);
  expect(calls.resizes).toBe(2);
  key.value = 'b';
  await idle();
  expect(calls.options).toHaveLength(3);
  chart.unmount();
});
