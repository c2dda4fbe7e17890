import { describe, expect, it } from 'vitest';
import type { TimeSums } from '../../contract/answers';
import { rangesOf, reasonsOf, searchedSums, timeColumns } from './time-columns';

const SUMS: TimeSums = {
  totalNanos: 100,
  execNanos: 40,
  schedWaitNanos: 10,
  syscallNanos: 5,
  syscallBlockNanos: 5,
  blockNanos: { sync: 20, 'GC mark assist wait for work': 10 },
  rangeNanos: { 'GC mark assist': 7, 'stop-the-world (GC mark termination)': 3, 'GC incremental sweep': 2 },
  unknownNanos: 10,
  gcPauseNanos: 3,
  gcMarkNanos: 50,
};
const columns = timeColumns(reasonsOf([SUMS]), rangesOf([SUMS]), true);
const column = (id: string) => columns.find((c) => c.id === id)!;

describe('columns of what goroutines did', () => {
  it('F90: each range of the runtime has a column, which says that it overlaps the states', () => {
    for (const [name, nanos] of Object.entries(SUMS.rangeNanos)) {
      expect(column(`range:${name}`).value(SUMS)).toBe(nanos);
      expect(column(`range:${name}`).help).toMatch(/overlaps the states|inside its execution/);
    }
    expect(column('gcPause').help).toContain('other columns hold this time too');
  });

  it('F95: unknown time is explained, shown where there is some, and the states add up with it to the total', () => {
    expect(column('unknown').help).toContain('does not tell the state');
    expect(column('unknown').hidden).toBe(false);
    expect(timeColumns().find((c) => c.id === 'unknown')!.hidden).toBe(true);
    const states = columns.filter((c) => /^(exec|schedWait|syscall|syscallBlock|unknown|block:.*)$/.test(c.id));
    expect(states.reduce((n, c) => n + Number(c.value(SUMS)), 0)).toBe(Number(column('total').value(SUMS)));
  });

  it('F87: every column says what it counts', () => {
    for (const c of columns) expect(c.help.length, c.id).toBeGreaterThan(5);
    expect(new Set(columns.map((c) => c.id)).size).toBe(columns.length);
  });

  it('sums are searched by the fields of the language', () => {
    expect(searchedSums(SUMS)).toEqual({
      numbers: { dur: 100, exec: 40, sched: 10, syscall: 10, wait: 30 },
      texts: { reason: ['sync', 'GC mark assist wait for work'] },
    });
  });
});
