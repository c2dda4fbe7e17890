import { describe, expect, test } from 'vitest';
import { isLink, linkQuestion, readLink } from './deep-link';

describe('F168: a link to a place in a trace', () => {
  test('names file, page, time and selection', () => {
    expect(
      readLink('tracewell://open?file=/tmp/a%20b.trace&page=goroutines/main.f%252Fx&from=10&to=20&select=P3@15'),
    ).toEqual({
      file: '/tmp/a b.trace',
      url: null,
      page: { page: 'goroutines', arg: 'main.f/x' },
      window: { fromNanos: 10, toNanos: 20 },
      select: 'P3@15',
      view: null,
    });
  });

  test('and how it is shown', () => {
    const link = readLink(
      'tracewell://open?file=/a&page=view-trace&rows=goroutines&colour=function&filter=fn%3Amain+dur%3E1ms',
    );
    expect(link.view).toEqual({ rows: 'goroutines', colour: 'function', filter: 'fn:main dur>1ms' });
  });

  test('or an address; both are asked about in words', () => {
    const link = readLink('tracewell://open/?url=https://x.example/t');
    expect(link.url).toBe('https://x.example/t');
    expect(linkQuestion(link)).toContain('https://x.example/t');
    expect(linkQuestion(readLink('TRACEWELL://open?file=/a'))).toContain('/a');
  });

  test.each([
    'tracewell://open',
    'tracewell://run?file=/a',
    'tracewell://open?file=/a&url=http://b/',
    'tracewell://open?file=/a&file=/b',
    'tracewell://open?file=a.trace',
    'tracewell://open?file=/a&rows=../x',
    'tracewell://open?file=//server/share',
    'tracewell://open?file=%2F%2Fserver%2Fshare',
    'tracewell://open?file=/a%00b',
    'tracewell://open?url=file:///etc/passwd',
    'tracewell://open?url=http://u:p@h/',
    'tracewell://open?url=nonsense',
    'tracewell://open?file=/a&exec=rm',
    'tracewell://open?file=/a&from=5',
    'tracewell://open?file=/a&from=5&to=5',
    'tracewell://open?file=/a&from=-1&to=5',
    'tracewell://open?file=/a&page=../x',
    'tracewell://open?file=/a&select=<b>',
    `tracewell://open?file=/${'a'.repeat(9000)}`,
    'https://open?file=/a',
  ])('refuses %s', (text) => expect(() => readLink(text)).toThrow());

  test('is told from a file name', () => {
    expect(isLink('tracewell://open?file=/a')).toBe(true);
    expect(isLink('/home/me/tracewell.trace')).toBe(false);
  });
});
