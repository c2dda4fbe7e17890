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
  expect(bold('pixel')).toEqual([...of('pixel', 'mostRunnable', 'runningThen'), mean('pixel')]);
  // How long the sender's turn is, in microseconds.
  expect(bold('workers')).toEqual([story['workers']!['turnNanos']! / 1000]);
  for (const name of NAMES.filter((n) => n !== 'pixel' && n !== 'workers'))
    expect(bold(name), name).toEqual([mean(name)]);
  const told = (name: string, field: string): void =>
    expect(part(name)).toContain(` ${story[name]![field]!.toLocaleString('en-US')} `);
  told('pixel', 'mostRunning');
  told('workers', 'wokenInTurn');
  for (const name of ['workers', 'workersbuf', 'colworkersbuf']) told(name, 'waitsOnChannels');
  expect(part('workers')).toContain(` ${story['workers']!['meanRunning']} goroutines run`);
});

it('each picture says in words what is in it, and is there', () => {
  for (const name of NAMES) {
    const [, words, file] = /!\[([^\]]+)\]\(([^)]+)\)/.exec(part(name))!;
    expect(words, name).toMatch(/\w+ \w+/);
    expect(file).toBe(`tour/${name}.png`);
    expect(readFileSync(path.join(folder, file!)).subarray(1, 4).toString(), name).toBe('PNG');
  }
});

it('small traces of the same programs tell the same story', async () => {
  const all = Object.fromEntries(await Promise.all(NAMES.map(async (n) => [n, await numbersOf(n)] as const)));
  expect(all['seq']).toMatchObject({ meanRunning: 1 });
  expect(all['pixel']).toMatchObject({ mostRunning: 2, mostRunnable: 1400, runningThen: 1, meanRunning: 1.22 });
  expect(all['col']).toMatchObject({ meanRunning: 1.93 });
  expect(all['workers']).toMatchObject({ waitsOnChannels: 4099, meanRunning: 1.38 });
  expect(all['workersbuf']).toMatchObject({ waitsOnChannels: 63 });
  expect(all['colworkersbuf']).toEqual(story['colworkersbuf']);
});

it('a turn goes from one change of the goroutine to the next', async () => {
  const scene = { fromNanos: 0, toNanos: 1, goroutine: 1, atNanos: 0 };
  // Of go1.26-fractal-workers: G1 runs from 102,272 to 103,424, where it waits in chan send, and wakes G9 and G15 on the way.
  expect(await numbersOf('workers', { ...scene, atNanos: 102_500 })).toMatchObject({ turnNanos: 1152, wokenInTurn: 2 });
});
