import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSteps } from './steps.mjs';

let stampDir = '';
const said: string[] = [];
const log = (line: string): void => void said.push(line);

beforeEach(() => {
  stampDir = mkdtempSync(join(tmpdir(), 'tracewell-steps-'));
  said.length = 0;
});

afterEach(() => rmSync(stampDir, { recursive: true, force: true }));

describe('runSteps', () => {
  it('runs a step once while its inputs stay the same, and says nothing the second time', async () => {
    let runs = 0;
    const step = { name: 'one step', inputs: ['package.json'], about: 'works', body: async () => void runs++ };
    expect(await runSteps([step], { stampDir, log })).toEqual(new Map([['one step', 'done']]));
    expect(said[0]).toBe('[setup] one step: works');
    expect(said[1]).toMatch(/^\[setup\] one step: done in [\d.]+ s$/);
    said.length = 0;
    expect(await runSteps([step], { stampDir, log })).toEqual(new Map([['one step', 'skipped']]));
    expect(runs).toBe(1);
    expect(said).toEqual([]);
  });

  it('runs it again when the inputs are others, or an output is missing', async () => {
    let runs = 0;
    const body = async (): Promise<void> => void runs++;
    await runSteps([{ name: 'a', inputs: ['package.json'], body }], { stampDir, log });
    await runSteps([{ name: 'a', inputs: ['tsconfig.json'], body }], { stampDir, log });
    await runSteps([{ name: 'a', inputs: ['tsconfig.json'], outputs: ['no-such-file'], body }], { stampDir, log });
    expect(runs).toBe(3);
  });

  it('adopts what somebody else has made', async () => {
    const step = {
      name: 'a',
      inputs: ['package.json'],
      outputs: ['package.json'],
      adopt: () => true,
      body: () => Promise.reject(new Error('must not run')),
    };
    expect(await runSteps([step], { stampDir, log })).toEqual(new Map([['a', 'skipped']]));
  });

  it('leaves out what needs a failed step, runs the rest, and tries again the next time', async () => {
    const ran: string[] = [];
    const steps = [
      { name: 'bad', inputs: ['package.json'], body: () => Promise.reject(new Error('no disk')) },
      { name: 'after bad', needs: ['bad'], body: async () => void ran.push('after bad') },
      { name: 'good', body: async () => void ran.push('good') },
    ];
    const outcomes = await runSteps(steps, { stampDir, log });
    expect(ran).toEqual(['good']);
    expect(outcomes.get('bad')).toEqual(new Error('no disk'));
    expect(outcomes.get('after bad')).toEqual(new Error('left out, because "bad" failed'));
    expect(said).toContain('[setup] bad FAILED: no disk');
    await runSteps(steps, { stampDir, log });
    expect(said.filter((line) => line.includes('FAILED')).length).toBe(2);
  });
});
