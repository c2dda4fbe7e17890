import { expect, test } from 'vitest';
import { formatPageRef, formatSides, parsePageRef, parseSides } from './places';

test.each([
  ['home', { page: 'home', arg: null }],
  ['goroutines/main.fill', { page: 'goroutines', arg: 'main.fill' }],
  ['goroutines/', { page: 'goroutines', arg: null }],
  ['goroutines/net%2Fhttp.(*conn).serve', { page: 'goroutines', arg: 'net/http.(*conn).serve' }],
  ['goroutines/net/http.serve', { page: 'goroutines', arg: 'net/http.serve' }],
  ['region/100%', { page: 'region', arg: '100%' }],
])('%s', (text, ref) => {
  expect(parsePageRef(text)).toEqual(ref);
  expect(parsePageRef(formatPageRef(ref))).toEqual(ref);
});

test('F153: traces beside each other are named in a place and found in it again', () => {
  const sides = [
    { path: '/a/x.trace', section: 1 },
    { path: 'C:\\b\\y.trace', section: 2 },
  ];
  expect(parseSides(formatSides(sides))).toEqual(sides);
  expect(parseSides(parsePageRef(formatPageRef({ page: 'compare', arg: formatSides(sides) })).arg)).toEqual(sides);
  expect(parseSides(null)).toEqual([]);
  expect(parseSides('/a\tx\n\n')).toEqual([{ path: '/a', section: 1 }]);
});
