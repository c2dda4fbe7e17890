import { describe, expect, it } from 'vitest';
import { changeMark, differenceText, headline, quantityText, ratioText, timeChange, verdictOf } from './measure-text';
import { sideNames } from './use-sides';

const plain = (s: string): string => s.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

describe('F155: figures of a comparison', () => {
  it('are written by their unit', () => {
    expect(plain(quantityText('ns', 2_944_705))).toBe('2.945 ms');
    expect(plain(quantityText('share', 0.691))).toBe('69.1 %');
    expect(plain(quantityText('bytes', 2.68 * 2 ** 20))).toBe('2.68 MiB');
    expect([quantityText('count', 12359), quantityText('goroutines', 1.3829)].map(plain)).toEqual(['12,359', '1.38']);
    expect(quantityText('ns', null)).toBe('–');
  });

  it('differ with a sign, and by a factor', () => {
    expect(plain(differenceText('ns', -1_940_000))).toBe('-1.940 ms');
    expect(plain(differenceText('ns', 17_020))).toBe('+17.02 µs');
    expect([differenceText('ns', 0), differenceText('ns', null)]).toEqual(['0', '–']);
    expect([ratioText(0.2929), ratioText(null), ratioText(1)].map(plain)).toEqual(['× 0.29', '–', '× 1.00']);
  });

  it('say better or worse by sign and word', () => {
    expect(changeMark('better', -5)).toEqual({ sign: '▼', word: 'better', tone: 'good' });
    expect(changeMark('worse', 5)).toEqual({ sign: '▲', word: 'worse', tone: 'bad' });
    expect(changeMark('plain', 5)).toEqual({ sign: '▲', word: 'more', tone: 'none' });
    expect(changeMark('better', 0).word).toBe('same');
    expect(changeMark('unknown', null).word).toBe('not known');
    expect([timeChange(100, 101), timeChange(100, 90), timeChange(0, 1)]).toEqual(['same', 'better', 'worse']);
  });

  it('begin with how long both took', () => {
    const of = (a: number, b: number, change: 'better' | 'same' | 'worse') =>
      plain(headline([{ id: 'duration', title: '', unit: 'ns', a, b, difference: b - a, ratio: b / a, change }]));
    expect(of(2_944_705, 1_004_000, 'better')).toBe('B takes 1.004 ms instead of 2.945 ms: 2.93 times as fast.');
    expect(of(1e9, 2e9, 'worse')).toBe('B takes 2.000 s instead of 1.000 s: 2.00 times as long.');
    expect(of(1e9, 1e9, 'same')).toBe('Both take about as long: 1.000 s and 1.000 s.');
    const verdict = (b: number, change: 'better' | 'same' | 'worse') =>
      verdictOf([{ id: 'duration', title: '', unit: 'ns', a: 1e9, b, difference: b - 1e9, ratio: b / 1e9, change }]);
    expect([verdict(5e8, 'better'), verdict(2e9, 'worse'), verdict(1e9, 'same'), verdictOf([])]).toEqual([
      'good',
      'bad',
      'none',
      'none',
    ]);
  });
});

it('F153: sides of one name are told apart by their folder', () => {
  const of = (...paths: string[]) => sideNames(paths.map((path) => ({ path, section: 1 })));
  expect(of('/a/x.trace', '/b/y.trace')).toEqual(['x.trace', 'y.trace']);
  expect(of('/old/x.trace', '/new/x.trace')).toEqual(['old/x.trace', 'new/x.trace']);
  expect(of('/a/x.trace', '/a/x.trace')).toEqual(['x.trace', 'x.trace']);
});
