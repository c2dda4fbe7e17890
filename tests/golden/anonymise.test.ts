import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answerTo, tracePath } from './corpus';

const folder = mkdtempSync(path.join(tmpdir(), 'tracewell-anonymous-'));
afterAll(() => rmSync(folder, { recursive: true }));

const withoutNames = (lines: string): unknown[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as object), name: '' }));

/** Each with words of its program that are nobody else's. */
const TRACES: readonly (readonly [name: string, secrets: readonly string[]])[] = [
  ['go1.26-tasks', ['shipping', 'payment', 'never ended']],
  ['go1.26-locks', ['rwmutexes', 'sameFunc']],
  ['go1.26-cpuprofile', []],
  ['go1.22-netsys', []],
  ['go1.19-tasks', ['shipping', 'payment']],
  ['go1.11-locks', ['rwmutexes']],
];

describe('E6.2: tracewell anonymise', () => {
  it.each(TRACES)('%s: the same figures, none of the words', async (name, secrets) => {
    const file = tracePath('traces', name);
    const out = path.join(folder, `${name}.trace`);
    const { replaced } = JSON.parse(await answerTo('anonymise', file, '-o', out)) as { replaced: number };
    expect(replaced).toBeGreaterThan(0);
    expect(statSync(out).size).toBe(statSync(file).size);
    expect(await answerTo('info', out)).toBe(await answerTo('info', file));
    const [before, after] = [await answerTo('goroutines', file), await answerTo('goroutines', out)];
    expect(withoutNames(after)).toEqual(withoutNames(before));
    const [bytes, copy] = [readFileSync(file), readFileSync(out)];
    for (const word of secrets) expect([bytes.includes(word), copy.includes(word)], word).toEqual([true, false]);
    // Names of the library are what a picture is read by.
    expect(copy.includes('runtime.')).toBe(true);
  });
});
