import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { answerTo, cacheDir, tracePath } from './corpus';

const file = tracePath('traces', 'go1.26-pprofsrv5');
const folder = path.join(cacheDir, 'index');
const keptFiles = (): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('-sync.twanswer')) : [];

it('F19: a profile of a whole trace is kept: the second time it is the same and not made anew', async () => {
  expect(statSync(file).size).toBeGreaterThan(1 << 20);
  const first = await answerTo('profile', 'sync', file);
  const [name = ''] = keptFiles();
  expect(keptFiles()).toHaveLength(1);
  const kept = path.join(folder, name);
  expect(await answerTo('profile', 'sync', file)).toBe(first);

  // A range, and the reference's reading, are not the whole.
  const end = (JSON.parse(await answerTo('info', file)) as { duration_ns: number }).duration_ns;
  const part = await answerTo('profile', 'sync', file, '--from', '0', '--to', String(end >> 1));
  expect(part).not.toBe(first);
  expect(keptFiles()).toHaveLength(1);

  // What is damaged is made anew; what is of another program or trace too.
  const good = readFileSync(kept);
  for (const at of [0, 9, 20, 50, good.length - 1]) {
    const bad = Buffer.from(good);
    bad[at]! ^= 1;
    writeFileSync(kept, bad);
    expect(await answerTo('profile', 'sync', file)).toBe(first);
    expect(readFileSync(kept).equals(good)).toBe(true);
  }
});
