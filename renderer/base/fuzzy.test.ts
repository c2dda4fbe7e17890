import { expect, test } from 'vitest';
import { fuzzyFilter, fuzzyMatch } from './fuzzy';

const best = (query: string, names: string[]): string[] => fuzzyFilter(query, names, (n) => n, 10).map((f) => f.item);

test('letters in order, starts of words before others', () => {
  expect(fuzzyMatch('vt', 'View trace')?.at).toEqual([0, 5]);
  expect(fuzzyMatch('tv', 'View trace')).toBeNull();
  expect(best('vt', ['Overwrite', 'View trace', 'Native threads'])[0]).toBe('View trace');
  expect(best('close', ['Reopen the closed tab', 'Close'])).toEqual(['Close', 'Reopen the closed tab']);
  expect(best('srv', ['net/http.(*conn).serve', 'observer'])[0]).toBe('net/http.(*conn).serve');
});

test('what stands there as typed is best, and its letters are named', () => {
  expect(best('fill', ['main.flipAll', 'main.fillWorkers.func1'])[0]).toBe('main.fillWorkers.func1');
  expect(fuzzyMatch('fill', 'main.fillWorkers')?.at).toEqual([5, 6, 7, 8]);
  expect(fuzzyMatch('keyboard short', 'Keyboard shortcuts')?.at).toHaveLength(14);
});

test('nothing typed finds all in their order', () => {
  expect(best('', ['b', 'a'])).toEqual(['b', 'a']);
  expect(best('x', ['b', 'a'])).toEqual([]);
});
