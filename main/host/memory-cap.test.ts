import { expect, test, vi } from 'vitest';
import { EXIT_OUT_OF_MEMORY } from '../../contract/errors';
import { capBytes, look, ownBytes } from './memory-cap';

const GIB = 2 ** 30;

test.each([
  [16 * GIB, undefined, 8 * GIB],
  [1 * GIB, undefined, 1 * GIB],
  [16 * GIB, '512', GIB / 2],
  [16 * GIB, 'much', 8 * GIB],
  [16 * GIB, '-1', 8 * GIB],
])('E1.6: a machine of %d bytes, asked %s: %d', (total, asked, cap) => {
  expect(capBytes(total, asked)).toBe(cap);
});

test('E1.6: beyond the cap the engine ends with a code of its own, and says how much it was', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const end = vi.fn();
  look({ cap: 2 * GIB, own: () => 2 * GIB, end });
  expect(end).not.toHaveBeenCalled();
  look({ cap: 2 * GIB, own: () => 2 * GIB + 1, end });
  expect(end).toHaveBeenCalledWith(EXIT_OUT_OF_MEMORY);
  expect(said.mock.lastCall?.[0]).toContain('2048 MiB');
  said.mockRestore();
});

test('E1.6: what the process itself holds is told', () => {
  const before = ownBytes();
  const held = Buffer.alloc(128 * 2 ** 20, 1);
  expect(ownBytes() - before).toBeGreaterThan(100 * 2 ** 20);
  expect(held[held.length - 1]).toBe(1);
});
