import { describe, expect, it } from 'vitest';
import { answerTo, factsOf, tracePath, tracesIn } from './corpus';

type Footprint = Readonly<Record<string, { readonly bytes: number; readonly count: number }>>;

describe('F139: info --footprint counts records and bytes by type', () => {
  it.each(tracesIn('traces').filter((name) => name.endsWith('-tasks')))('%s', async (name) => {
    const { file, reader } = factsOf(name)!;
    const found = JSON.parse(await answerTo('info', '--footprint', tracePath('traces', name))) as Footprint;
    const bytes = Object.values(found).reduce((n, f) => n + f.bytes, 0);
    // Heads of batches, and of the file, are no records.
    expect(bytes).toBeGreaterThan(file.size / 2);
    expect(bytes).toBeLessThanOrEqual(file.size);
    expect(found['UserLog']?.count).toBe(reader.kinds['Log']);
    for (const f of Object.values(found)) expect(f.count).toBeGreaterThan(0);
  });
});
