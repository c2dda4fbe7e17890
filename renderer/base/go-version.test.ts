import { expect, it } from 'vitest';
import { isBeforeGo } from './go-version';

it('F134: which Go could not record something yet', () => {
  expect(['1.5', '1.9', 'go1.10', '1.11', '1.22', '1.27'].map((v) => isBeforeGo(v, 11))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(isBeforeGo('', 11)).toBe(false);
  expect(isBeforeGo('devel', 11)).toBe(false);
});
