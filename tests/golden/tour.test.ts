// The tour says what the events say.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { numbersOf } from '../../docs/tour/numbers.mjs';

const text = readFileSync(path.resolve(__dirname, '../../docs/tour.md'), 'utf8');
const part = (name: string): string => text.split(/^## /m).find((p) => p.startsWith(`${name}:`))!;
const bold = (name: string): number[] =>
  [...part(name).matchAll(/\*\*([\d.,]+)\*\*/g)].map((m) => Number(m[1]!.replace(',', '')));

it('tells the numbers that the events confirm', () => {
  const all = Object.fromEntries(
    ['seq', 'pixel', 'col', 'workers', 'workersbuf', 'colworkersbuf'].map((n) => [n, numbersOf(n)]),
  );
  expect(bold('seq')).toEqual([all['seq']!.meanRunning]);
  expect(bold('pixel')).toEqual([all['pixel']!.mostRunning, all['pixel']!.mostRunnable, all['pixel']!.meanRunning]);
  expect(bold('col')).toEqual([all['col']!.meanRunning]);
  expect(bold('workers')).toEqual([all['workers']!.waitsOnChannels, all['workers']!.meanRunning]);
  expect(bold('workersbuf')).toEqual([all['workersbuf']!.waitsOnChannels]);
  expect(bold('colworkersbuf')).toEqual([all['colworkersbuf']!.meanRunning, all['colworkersbuf']!.waitsOnChannels]);
});
