import { describe, expect, it } from 'vitest';
import { answerTo, factsOf, tracePath, tracesIn } from './corpus';

describe('F138: tracewell info equals the reference reader', () => {
  it.each(tracesIn('traces'))('%s', async (name) => {
    const { header, file, reader } = factsOf(name)!;
    const info = JSON.parse(await answerTo('info', tracePath('traces', name))) as Record<string, unknown>;
    expect(info).toMatchObject({
      header,
      bytes: file.size,
      events: reader.events,
      start_ns: reader.start_ns,
      duration_ns: reader.duration_ns,
      goroutines: reader.goroutines,
      damage: null,
    });
    // Whole, where toMatchObject would let further kinds pass.
    expect(info['kinds']).toEqual(reader.kinds);
    expect(info['procs']).toEqual(reader.procs);
    const { threads } = info;
    expect(Array.isArray(threads) ? threads.length : threads).toBe(reader.threads.length);
    const isV2 = Number(/^go 1\.(\d+)/.exec(header)?.[1]) >= 22;
    expect(info['format']).toBe(isV2 ? 'v2' : 'v1');
    if (isV2) expect(info['generations']).toBe(reader.syncs.length - 1);
  });
});
