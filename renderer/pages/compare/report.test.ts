import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../contract/compare';
import { LOOKS } from './overlay-model';
import { reportHtml } from './report';

const facts = { fromNanos: 0, toNanos: 10, durationNanos: 10, eventCount: 1, goroutineCount: 1, completeTaskCount: 0 };
const side = (delayNanos: number) => ({ count: 1, delayNanos, stillCount: 0, stillNanos: 0, frames: [] });
const comparison: Comparison = {
  normalise: 'none',
  a: facts,
  b: facts,
  measures: [
    {
      id: 'duration',
      title: 'Duration',
      unit: 'ns',
      a: 2000,
      b: 1000,
      difference: -1000,
      ratio: 0.5,
      change: 'better',
    },
  ],
  sentences: ['Execution fell <script>alert(1)</script>.'],
  functions: [],
  profiles: {
    sync: [
      { functions: ['main.<T>', 'main.main'], a: side(100), b: side(300), differenceNanos: 200, ratio: 3, only: null },
    ],
  },
  tasks: [],
  regions: [],
};

describe('F167: a report', () => {
  const curve = (id: 'A' | 'B') => ({
    series: { id, name: id, ...LOOKS[id] },
    points: [[1000, 0.5] as const, [10_000, 1] as const],
  });
  const html = reportHtml({
    comparison,
    sides: [
      { letter: 'A', name: 'old & grey.trace', path: '/a', window: '' },
      { letter: 'B', name: '"new".trace', path: '/b', window: '0 – 5 ms' },
    ],
    charts: [{ title: 'Utilization', curves: [curve('A'), curve('B')], log: true, text: (v) => String(v) }],
  });
  const page = new DOMParser().parseFromString(html, 'text/html');

  it('is one file that asks for nothing else and runs nothing', () => {
    expect(page.querySelectorAll('script, link, img, iframe, [src], [onclick]')).toHaveLength(0);
    expect(/url\(|@import|https?:\/\//.test(html)).toBe(false);
    expect(page.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'");
  });

  it('has the sentences, the summary, tables and pictures', () => {
    expect(page.querySelector('body > p')?.textContent).toContain('2.00 times as fast. Execution fell <script>');
    const cells = [...page.querySelectorAll('tbody tr')].map((r) =>
      [...r.children].map((c) => c.textContent?.replaceAll('\u202f', ' ')),
    );
    expect(cells[0]).toEqual(['Duration', '2.000 µs', '1.000 µs', '−1.000 µs', '× 0.50', '▼ better']);
    expect(cells[1]?.slice(0, 4)).toEqual(['main.<T> ← main.main', '100 ns', '300 ns', '+200 ns']);
    expect([...page.querySelectorAll('svg')].map((s) => s.getAttribute('aria-label'))).toEqual([
      'Utilization',
      'What changed: Synchronization',
    ]);
    expect(page.querySelectorAll('svg path[stroke-dasharray]')).toHaveLength(1);
    expect(page.querySelector('title')?.textContent).toBe('old & grey.trace and "new".trace');
  });
});
