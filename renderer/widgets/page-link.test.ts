import { mount } from '@vue/test-utils';
import { expect, test, vi } from 'vitest';
import { OPEN_PLACE } from '../base/navigate';
import PageLink from './PageLink.vue';

test('a link names its page and goes there without leaving the app', async () => {
  const openPlace = vi.fn();
  const link = mount(PageLink, {
    props: { to: { page: 'goroutines', arg: 'net/http.serve' } },
    slots: { default: 'serve' },
    global: { provide: { [OPEN_PLACE as symbol]: openPlace } },
  });
  expect(link.attributes('href')).toBe('#goroutines/net%2Fhttp.serve');
  await link.trigger('click');
  expect(openPlace).toHaveBeenCalledWith({ page: 'goroutines', arg: 'net/http.serve' });
});
