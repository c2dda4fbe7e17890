import { describe, expect, it } from 'vitest';
import type { IndexProgress, TraceInfo } from '../../../contract/trace-api';
import { damageText, facts, indexingText, kindRows, peaks, sectionsText, viewTraceLine } from './home-texts';

const plain = (s: string): string => s.replaceAll('\u202f', ' ');
const info: TraceInfo = {
  path: '/t/a.trace',
  fileName: 'a.trace',
  sizeBytes: 63_538,
  header: 'go 1.26 trace',
  goVersion: '1.26',
  format: 'v2',
  eventCount: 12_359,
  kinds: { Sync: 2, StateTransition: 12_344, Metric: 11, RangeBegin: 2 },
  durationNanos: 2_944_705,
  generationCount: 1,
  procs: [0, 1],
  threadCount: 3,
  goroutineCount: 16,
  gomaxprocs: 2,
  startedAt: '2026-11-22T10:10:56.762Z',
  sections: [{ offsetBytes: 0, sizeBytes: 63_538, header: 'go 1.26 trace' }],
  section: 1,
  damage: null,
  procUse: 0.69,
  maxima: { running: 2, runnable: 8, heapBytes: 4096 },
  gcCycleCount: 0,
  stwCount: 0,
  status: 'done',
  indexedToNanos: 2_944_705,
  indexedInMs: 14,
};
const value = (of: TraceInfo, name: string): string | undefined => {
  const f = facts(of).find((x) => x.name === name);
  return f && plain(f.value);
};

describe('facts', () => {
  it('are those of the product', () => {
    expect(facts(info).map((f) => f.name)).toEqual([
      'Go version',
      'Format',
      'Started',
      'Duration',
      'Events',
      'Generations',
      'Goroutines',
      'Processors',
      'Threads',
      'Size',
    ]);
    expect(value(info, 'Duration')).toBe('2.945 ms');
    expect(value(info, 'Processors')).toBe('2 (GOMAXPROCS 2)');
    expect(value(info, 'Size')).toBe('63,538 bytes, all read');
    expect(value(info, 'Started')).toBe('2026-11-22 10:10:56.762 UTC');
  });
  it('say that they grow, and what is missing', () => {
    const soFar = { ...info, status: 'indexing' as const, startedAt: null, gomaxprocs: null };
    expect(value(soFar, 'Events')).toBe('≥ 12,359');
    expect([value(soFar, 'Read'), value(soFar, 'Duration')]).toEqual(['2.945 ms', 'about 2.945 ms']);
    expect(plain(viewTraceLine(soFar))).toMatch(/^0 – 2.945 ms of about 2.945 ms; ≥ 2 processors/);
    expect(value(soFar, 'Started')).toBe('not in this trace');
    expect(value(soFar, 'Processors')).toBe('2');
    expect(value(soFar, 'Size')).toBe('63,538 bytes');
  });
});

it('says where to look', () => {
  expect(plain(viewTraceLine(info))).toBe('2 processors, 69.0 % in use; up to 8 goroutines runnable');
  expect(
    plain(
      viewTraceLine({
        ...info,
        procs: [0],
        procUse: null,
        gcCycleCount: 1,
        stwCount: 2,
        maxima: { running: 1, runnable: 1, heapBytes: null },
      }),
    ),
  ).toBe('1 processor; up to 1 goroutine runnable');
});

it('says how far reading is, and how long yet when that can be known', () => {
  const p: IndexProgress = {
    doneBytes: 655_400_000,
    totalBytes: 1_072_431_104,
    generation: 43,
    generationCount: 70,
    indexedToNanos: 42.91e9,
    durationNanos: 70e9,
    eventCount: 108_204_331,
    procs: [0],
  };
  expect(plain(indexingText(p, 100).rest)).toBe('generation 43 of 70');
  const later = indexingText(p, 10_000);
  expect(plain(later.bytes)).toBe('655.4 MB of 1.07 GB');
  expect(plain(later.rest)).toBe('generation 43 of 70 · 65.54 MB/s · about 6 s left');
  expect(indexingText({ ...p, totalBytes: 0 }, 9e9).share).toBe(0);
});

it('names what was lost in bytes and time', () => {
  const damage = {
    code: 'TRUNCATED',
    message: 'The file ends inside generation 2',
    offsetBytes: 383_288,
    lostBytes: 157_947,
    lostFromNanos: 1_001_000_000,
  } as const;
  const text = damageText({ ...info, sizeBytes: 383_288, damage });
  expect(plain(text?.title ?? '')).toBe('157.9 kB of this trace could not be read.');
  expect(plain(text?.detail ?? '')).toContain(
    '157,947 bytes from byte 225,341 on (TRUNCATED at byte 383,288). What you see is 0 – 1.001 s',
  );
  expect(damageText(info)).toBeNull();
});

it('tells of further traces in the file', () => {
  const second = { offsetBytes: 18_014, sizeBytes: 5, header: 'go 1.23 trace' };
  const both = { ...info, sections: [...info.sections, second] };
  expect(sectionsText(both)?.text).toContain('2 traces, one after another; this is part 1');
  expect(sectionsText(both)?.others).toEqual([
    { section: 2, label: expect.stringMatching(/^Open part 2 \(go 1.23 trace, 5\sB\)$/) as string },
  ]);
  expect(sectionsText({ ...both, section: 2 })?.others.map((o) => o.section)).toEqual([1]);
  expect(sectionsText(info)).toBeNull();
});

it('orders kinds of events by their number', () => {
  expect(kindRows(info).map((r) => r.kind)).toEqual(['StateTransition', 'Metric', 'RangeBegin', 'Sync']);
});

it('gives the highest figures', () => {
  expect(peaks(info).map((p) => plain(p.value))).toEqual(['2 goroutines', '8 goroutines', '4.00 KiB', '0', '0 pauses']);
});
