import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, tracePath } from './corpus';

const file = tracePath('legacy', 'go1.5-locks');
/** Made for this trace (fixtures/binaries/make.mjs). */
const program = path.resolve(__dirname, '../fixtures/binaries/go1.5-locks');

interface Stacks {
  readonly count: number;
  readonly delay_ns: number;
  readonly stacks: readonly { readonly stack: readonly string[]; readonly count: number; readonly delay: number }[];
}
const answer = async (...words: string[]): Promise<{ out: string; err: string }> => {
  const { code, out, err } = await ask(...words);
  expect(code, err).toBe(0);
  return { out, err };
};
const profile = async (...words: string[]): Promise<Stacks> =>
  JSON.parse((await answer('profile', 'sync', file, ...words)).out) as Stacks;

describe('names from the program, for a trace of Go 1.5', () => {
  it('stand in stacks, and nothing else changes', async () => {
    const [bare, named] = await Promise.all([profile(), profile('--binary', program)]);
    expect([named.count, named.delay_ns]).toEqual([bare.count, bare.delay_ns]);
    expect(bare.stacks[0]?.stack).toEqual(['0x4808f4@0', '0x4028b6@0']);
    expect(named.stacks[0]?.stack).toEqual(['sync.(*Mutex).Lock@55', 'main.contend@133']);
    const sum = (p: Stacks): number => p.stacks.reduce((n, s) => n + s.delay, 0);
    expect(sum(named)).toBe(sum(bare));
  });

  it('stand in events, groups, info and pprof too', async () => {
    const events = await answer('events', file, '--binary', program);
    expect(events.out).toContain('main.deep@');
    expect(events.out.split('\n')).toHaveLength((await answer('events', file)).out.split('\n').length);
    const groups = JSON.parse((await answer('goroutines', file, '--groups', '--binary', program)).out) as Group[];
    expect(groups.map((g) => g.name)).toContain('main.contend');
    const [plain, given] = await Promise.all([answer('info', file), answer('info', file, '--binary', program)]);
    expect(given.out).toBe(plain.out);
    // As `go tool trace` was called.
    await answer('-pprof=sync', program, file);
  });

  it('say what is wrong with another program, and are not needed by later traces', async () => {
    const other = await ask('profile', 'sync', file, '--binary', file);
    expect([other.code, other.err]).toEqual([1, expect.stringMatching(/^tracewell: NOT_A_BINARY: .+choose the exec/)]);
    const later = await answer('profile', 'sync', tracePath('traces', 'go1.21-tiny'), '--binary', '/no/such/program');
    expect(later.err).toBe('tracewell: note: this trace has its names inside; --binary is not needed\n');
  });
});

interface Group {
  readonly name: string;
}
