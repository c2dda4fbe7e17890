import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import IconButton from './IconButton.vue';

it('is a switch only when it is told what is on', () => {
  const plain = mount(IconButton, { props: { name: 'Close', keys: 'Esc' } });
  expect(plain.attributes('aria-pressed')).toBeUndefined();
  expect([plain.attributes('aria-label'), plain.text()]).toEqual(['Close', '']);
  expect(plain.attributes('data-tip')).toBe('Close   Esc');
  const off = mount(IconButton, { props: { name: 'Bands', pressed: false } });
  expect(off.attributes('aria-pressed')).toBe('false');
});
