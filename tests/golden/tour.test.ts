// The tour says what the events say.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { NAMES, numbersOf } from '../../docs/tour/numbers.mjs';

const folder = path.resolve(__dirname, '../../docs');
const text = readFileSync(path.join(folder, 'tour.md'), 'utf8');
/** Of the six large traces, which are not in this repository: written by `docs/tour/numbers.mjs --keep`. */
const story = JSON.parse(readFileSync(path.join(folder, 'tour/story.json'), 'utf8')) as Record<
  string,
  Record<string, number>
>;
const part = (name: string): string => text.split(/^## /m).find((p) => p.startsWith(`${name}:`))!;
const bold = (name: string): number[] =>
  [...part(name).matchAll(/\*\*([\d.,]+)\*\*/g)].map((m) => Number(m[1]!.replaceAll(',', '')));

it('tells the numbers that the events confirm', () => {
  const of = (name: string, ...fields: string[]): (number | undefined)[] => fields.map((f) => story[name]![f]);
  // Bold is what stands in the picture: means to a tenth, as beside the curve.
  const mean = (name: string): number => Number(story[name]!['meanRunning']!.toFixed(1));
  expect(bold('pixel')).toEqual([...of('pixel', 'mostRunnable'), mean('pixel')]);
  for (const name of NAMES.filter((n) => n !== 'pixel')) expect(bold(name), name).toEqual([mean(name)]);
  const told = (name: string, field: string): void =>
    expect(part(name)).toContain(` ${story[name]![field]!.toLocaleString('en-US')} `);
  told('pixel', 'mostRunning');
  for (const name of ['workers', 'workersbuf', 'colworkersbuf']) told(name, 'waitsOnChannels');
});

it('small traces of the same programs tell the same story', async () => {
  const all = Object.fromEntries(await Promise.all(NAMES.map(async (n) => [n, await numbersOf(n)] as const)));
  expect(all['seq']).toMatchObject({ meanRunning: 1 });
  expect(all['pixel']).toMatchObject({ mostRunning: 2, mostRunnable: 1400, meanRunning: 1.22 });
  expect(all['col']).toMatchObject({ meanRunning: 1.93 });
  expect(all['workers']).toMatchObject({ waitsOnChannels: 4099, meanRunning: 1.38 });
  expect(all['workersbuf']).toMatchObject({ waitsOnChannels: 63 });
  expect(all['colworkersbuf']).toEqual(story['colworkersbuf']);
});
