import { expect, it } from 'vitest';
import { LruCache } from './lru';

it('drops what was used longest ago when the bytes run out', () => {
  const c = new LruCache<string, number>(10);
  c.set('a', 1, 4);
  c.set('b', 2, 4);
  c.get('a');
  c.set('c', 3, 4);
  expect([c.peek('a'), c.peek('b'), c.peek('c')]).toEqual([1, undefined, 3]);
  expect(c.bytes).toBe(8);
});

it('counts a replaced value once', () => {
  const c = new LruCache<string, number>(10);
  c.set('a', 1, 4);
  c.set('a', 2, 6);
  expect([c.bytes, c.count, c.get('a')]).toEqual([6, 1, 2]);
});

it('keeps the newest even when it alone is over the budget', () => {
  const c = new LruCache<string, number>(10);
  c.set('a', 1, 4);
  c.set('b', 2, 40);
  expect([c.count, c.peek('b')]).toEqual([1, 2]);
  c.clear();
  expect([c.count, c.bytes]).toEqual([0, 0]);
});
