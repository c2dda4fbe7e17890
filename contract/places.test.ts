import { expect, test } from 'vitest';
import { formatPageRef, parsePageRef } from './places';

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
