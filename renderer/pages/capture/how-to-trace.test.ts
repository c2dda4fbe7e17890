import { mount } from '@vue/test-utils';
import { expect, test, vi } from 'vitest';
import HowToTrace from './HowToTrace.vue';
import { SNIPPETS } from './snippets';

test('F12: the page shows three ways to trace one’s program, to be copied, and what tracing costs', async () => {
  const copyText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('shell', { copyText });
  const page = mount(HowToTrace);
  expect(SNIPPETS).toHaveLength(3);
  for (const { title, code } of SNIPPETS) {
    expect(page.get(`section[aria-label="${title}"] pre`).text()).toBe(code);
    const button = page.get(`button[aria-label="Copy: ${title}"]`);
    await button.trigger('click');
    expect(copyText).toHaveBeenLastCalledWith({ text: `${code}\n` });
    expect(button.text()).toBe('Copied');
  }
  expect(page.text()).toMatch(/What it costs.*per cent of the processors.*MB/s);
  vi.unstubAllGlobals();
});
