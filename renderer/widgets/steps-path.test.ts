import { expect, it } from 'vitest';
import { stepsPath } from './steps-path';

it('draws steps on the ground line and keeps inside the box', () => {
  expect(stepsPath([0, 1, 2, -1], 40, 10)).toBe('M0 10L0 10L10 10L10 0L20 0L20 0L30 0L30 10L40 10L40 10Z');
  expect(stepsPath([], 40, 10)).toBe('M0 10L40 10Z');
});
