import { expect, test } from 'vitest';
import { BadRequest, readLaunchRequest } from './launch-request';

test('file names of the OS become absolute, switches and the app folder are dropped', () => {
  const r = readLaunchRequest(
    ['/opt/electron', '--no-sandbox', '/app', 'a.trace', '/b/c.trace'],
    '/home/gopher',
    '/app',
  );
  expect(r).toMatchObject({ verb: 'open', files: ['/home/gopher/a.trace', '/b/c.trace'], wait: false });
});

test('a request of the launcher wins over everything else', () => {
  const json = JSON.stringify({
    verb: 'shot',
    files: ['/t'],
    out: '/o.png',
    page: 'view-trace',
    theme: 'dark',
    fromNanos: 5,
    view: { rows: 'goroutines' },
  });
  const r = readLaunchRequest(['x', 'ignored.trace', `--tracewell-request=${json}`], '/', '/app');
  expect(r).toMatchObject({ verb: 'shot', files: ['/t'], page: 'view-trace', theme: 'dark', width: 1440, height: 900 });
  expect([r.fromNanos, r.toNanos]).toEqual([5, null]);
  expect(r.view).toEqual({ rows: 'goroutines' });
});

test.each([
  '{',
  '{"verb":"dance"}',
  '{"verb":"shot"}',
  '{"verb":"open","files":[1]}',
  '{"verb":"shot","out":"a","width":9}',
])('refuses %s', (json) => {
  expect(() => readLaunchRequest(['x', `--tracewell-request=${json}`], '/', '/app')).toThrow(BadRequest);
});
