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

it('measures figures by their letters, so that a count that changes is no new text', () => {
  const asked: string[] = [];
  const m = cachedMeasure((s) => {
    asked.push(s);
    return s.length * 7;
  });
  expect(m('5,022 spans')).toBe(77);
  expect(m('2,505 spans')).toBe(77);
  expect(m('G5 main.main')).toBe(84);
  expect(asked.join('|')).toBe('5|,|0|2| |s|p|a|n|G5 main.main');
});

it('shortens what Go spells out', () => {
  expect(shortLabel('stop-the-world (GC sweep termination)')).toBe('STW  GC sweep termination');
  expect(shortLabel('G1 main.main')).toBe('G1 main.main');
});
