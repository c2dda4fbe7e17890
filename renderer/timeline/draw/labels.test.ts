import { expect, it } from 'vitest';
import { cachedMeasure, fitLabel, shortLabel } from './labels';

const tenPerLetter = (s: string): number => s.length * 10;

it('falls back step by step', () => {
  const fit = (room: number): string => fitLabel('G27 main.churn', '10.66 ms', room, tenPerLetter);
  expect(fit(240)).toBe('G27 main.churn  10.66 ms');
  expect(fit(239)).toBe('G27 main.churn');
  expect(fit(139)).toBe('G27 main.chu…');
  expect(fit(70)).toBe('G27 ma…');
  expect(fit(50)).toBe('G27…');
  expect(fit(30)).toBe('');
});

it('measures each text once', () => {
  let calls = 0;
  const m = cachedMeasure((s) => {
    calls++;
    return s.length;
  }, 2);
  m('a');
  m('a');
  expect(calls).toBe(1);
  m('b');
  m('c');
  m('a');
  expect(calls).toBe(4);
});

it('shortens what Go spells out', () => {
  expect(shortLabel('stop-the-world (GC sweep termination)')).toBe('STW  GC sweep termination');
  expect(shortLabel('G1 main.main')).toBe('G1 main.main');
});
