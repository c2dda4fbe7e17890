import { expect, it } from 'vitest';
import { capsOf } from './key-names';

it('names keys as the keyboard does', () => {
  expect(capsOf('Ctrl+O', false)).toEqual(['Ctrl O']);
  expect(capsOf('Ctrl+Shift+O', true)).toEqual(['⌘ ⇧ O']);
  expect(capsOf('Alt+Left / Alt+Right', false)).toEqual(['Alt ←', 'Alt →']);
  expect(capsOf('W / S', false)).toEqual(['W', 'S']);
});
