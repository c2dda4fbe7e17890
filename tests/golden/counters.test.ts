import { describe, expect, it } from 'vitest';
import { answerTo, goldenText, tracePath, tracesIn } from './corpus';

interface Counters {
  readonly at: readonly { readonly t: number }[];
}

/** Paths at which `got` is not what `want` says: numbers to 1e-9 of themselves, further keys are allowed. */
function differences(want: unknown, got: unknown, path: string): string[] {
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return [`${path}: another length`];
    return want.flatMap((value, i) => differences(value, got[i] as unknown, `${path}[${i}]`));
  }
  if (want !== null && typeof want === 'object') {
    const object = (got ?? {}) as Record<string, unknown>;
    return Object.entries(want).flatMap(([key, value]) => differences(value, object[key], `${path}.${key}`));
  }
  if (typeof want === 'number' && typeof got === 'number') {
    const tolerance = Number.isInteger(want) ? 0 : 1e-9 * Math.max(1, Math.abs(want));
    return Math.abs(want - got) <= tolerance ? [] : [`${path}: want ${want}, got ${got}`];
  }
  return want === (got ?? null) ? [] : [`${path}: want ${String(want)}, got ${String(got)}`];
}

// Made for traces up to 50,000 events; not by the reference, which errs here (docs/differences.md).
const names = tracesIn('traces').filter((name) => goldenText(name, '.right.json') !== null);

describe('tracewell counters gives the right values', () => {
  it.each(names)('%s', async (name) => {
    const want = (JSON.parse(goldenText(name, '.right.json')!) as { counters: Counters }).counters;
    const at = want.at.map(({ t }) => t).join(',');
    const got: unknown = JSON.parse(await answerTo('counters', tracePath('traces', name), '--at', at));
    expect(differences(want, got, 'counters')).toEqual([]);
  });
});
