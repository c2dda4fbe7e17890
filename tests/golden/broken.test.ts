import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventDifference } from './compare-events';
import { ask, factsOf, tracePath, tracesIn } from './corpus';

interface Expected {
  readonly name: string;
  readonly exit: number;
  /** Of the error, or of the damage when the exit is 0; null: the file is read without a word. */
  readonly code: string | null;
}

const table: Expected[] = readFileSync(path.resolve(__dirname, '../fixtures/broken/expected.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([name = '', exit = '', code = '']) => ({ name, exit: Number(exit), code: code === '-' ? null : code }));

describe('broken files', () => {
  it('are all in the table', () => {
    expect(table.map(({ name }) => name).sort()).toEqual(tracesIn('broken'));
  });

  it.each(table)('$name: exit $exit, $code', async ({ name, exit, code }) => {
    const file = tracePath('broken', name);
    const info = await ask('info', file);
    expect(info.code, info.err).toBe(exit);
    const words = info.err.trim();
    if (exit === 1) {
      // One line for people: a code, and a sentence that is more than its name.
      expect(words).toMatch(new RegExp(`^tracewell: ${code ?? ''}: [A-Z].{20,}[.)]?$`));
      return;
    }
    const { damage, events } = JSON.parse(info.out) as { damage: Damage | null; events: number };
    expect(damage?.code ?? null).toBe(code);
    if (damage) {
      const { size } = factsOf(name)!.file;
      expect(words).toMatch(new RegExp(`^tracewell: warning: ${damage.code}: .+$`));
      expect(damage.message).not.toBe('');
      expect(damage.offset).toBeGreaterThanOrEqual(0);
      expect(damage.offset).toBeLessThanOrEqual(size);
      expect(damage.lost_bytes).toBeGreaterThanOrEqual(0);
      expect(damage.lost_bytes).toBeLessThanOrEqual(size);
    } else expect(words).toBe('');
    expect(events).toBeGreaterThan(0);
  });

  const usable = table.filter(({ name, exit }) => {
    const reader = factsOf(name)?.reader;
    return exit === 0 && reader?.usable === true && reader.events_shown_by_go_tool_trace > 1;
  });

  it.each(usable)('$name: the good part equals the reference', async ({ name }) => {
    const { reader } = factsOf(name)!;
    const { code, out, err } = await ask('events', tracePath('broken', name));
    expect(code, err).toBe(0);
    expect(eventDifference(name, reader, out, reader.events_shown_by_go_tool_trace)).toBeNull();
    const times = [...out.matchAll(/^\{"i":\d+,"t":(-?\d+)/gm)].map((m) => Number(m[1]));
    expect(times.findIndex((t, i) => i > 0 && t < times[i - 1]!)).toBe(-1);
  });
});

interface Damage {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  readonly lost_bytes: number;
}
