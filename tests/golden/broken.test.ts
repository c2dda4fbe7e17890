import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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

  it.each(table)('F6: $name: exit $exit, $code', async ({ name, exit, code }) => {
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

  it.each(usable)('F4: $name: the good part equals the reference', async ({ name }) => {
    const { reader } = factsOf(name)!;
    const { code, out, err } = await ask('events', tracePath('broken', name));
    expect(code, err).toBe(0);
    expect(eventDifference(name, reader, out, reader.events_shown_by_go_tool_trace)).toBeNull();
    const times = [...out.matchAll(/^\{"i":\d+,"t":(-?\d+)/gm)].map((m) => Number(m[1]));
    expect(times.findIndex((t, i) => i > 0 && t < times[i - 1]!)).toBe(-1);
  });
});

describe('what is lost', () => {
  const whole = tracePath('traces', 'go1.26-pprofsrv5');
  const folder = mkdtempSync(path.join(tmpdir(), 'tracewell-cut-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const cutAt = (bytes: number): string => {
    const file = path.join(folder, `${bytes}.trace`);
    writeFileSync(file, readFileSync(whole).subarray(0, bytes));
    return file;
  };
  interface Info {
    readonly damage: Damage | null;
    readonly events: number;
    readonly duration_ns: number;
  }
  const infoOf = async (bytes: number): Promise<Info> => JSON.parse((await ask('info', cutAt(bytes))).out) as Info;

  it('F5: bytes and time behind the last whole part are told truly, wherever the file was cut', async () => {
    const size = statSync(whole).size;
    const events = (await ask('events', whole)).out.split('\n');
    const times = new Set(events.map((line) => /^\{"i":\d+,("t":-?\d+)/.exec(line)?.[1]));
    for (const share of [0.3, 0.45, 0.6, 0.75, 0.9, 0.999]) {
      const cut = Math.floor(size * share);
      const { damage, duration_ns, events: shown } = await infoOf(cut);
      if (!damage) continue;
      expect(damage.lost_bytes).toBeGreaterThan(0);
      const kept = cut - damage.lost_bytes;
      // There a part ends: cut there, nothing is missing, and no more is whole.
      const edge = await infoOf(kept);
      expect(edge.damage).toBeNull();
      expect(edge.events).toBeLessThanOrEqual(shown);
      // What is shown of the part that was cut is what the whole trace has there, at its time.
      const cutEvents = (await ask('events', cutAt(cut))).out.trimEnd().split('\n');
      expect(cutEvents).toHaveLength(shown);
      expect(duration_ns).toBeGreaterThanOrEqual(edge.duration_ns);
      const beyond = cutEvents.slice(edge.events, -1).map((line) => /^\{"i":\d+,("t":-?\d+)/.exec(line)?.[1]);
      expect(beyond.filter((t) => !times.has(t))).toEqual([]);
    }
  });

  it('F3: a Go that is not known yet is named, with those that are', async () => {
    const { code, err } = await ask('info', tracePath('broken', 'broken-v2-future-version'));
    expect(code).toBe(1);
    expect(err).toMatch(
      /Go 1\.99, which this version of Tracewell does not know; it reads traces of Go 1\.5 to 1\.\d+/,
    );
  });
});

interface Damage {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  readonly lost_bytes: number;
}
