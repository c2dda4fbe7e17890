import { describe, expect, test, vi } from 'vitest';
import { windowCommands } from '../../contract/commands';

// The pages draw on canvases; what the palette lists of them is their names.
vi.mock('./commands', () => ({}));
vi.mock('./pages', () => ({}));
const { commandItems, nameItems, NO_NAMES, paletteRows, parsePaletteQuery, parseTime, timeItems } =
  await import('./palette-items');

const HABITS = { mac: false, preset: 'tracewell', letterKeys: true } as const;
const all = new Set(windowCommands.map((c) => c.id));
const commands = commandItems(all, HABITS, true);
const names = nameItems(
  {
    functions: [{ name: 'main.fillWorkers.func1', goroutineCount: 8 }],
    goroutines: [{ id: 12, name: 'main.fillWorkers.func1' }],
    tasks: ['request'],
    regions: ['work'],
  },
  () => true,
);
const rows = (typed: string, recent: string[] = [], onlyPlaces = false) =>
  paletteRows([...commands, ...names], parsePaletteQuery(typed, onlyPlaces), recent).map(
    (r) => `${r.group}: ${r.item.name}`,
  );

test('F177: every command is in the palette, with its key', () => {
  const keys = new Set(commands.map((c) => c.key));
  for (const c of windowCommands) if (c.id !== 'view.palette') expect(keys).toContain(c.id);
  expect(commands.find((c) => c.key === 'file.open')?.caps).toBe('Ctrl+O');
  expect(commandItems(new Set(['file.open']), HABITS, false).map((c) => c.key)).toEqual(['file.open']);
});

describe('rows', () => {
  test('what was used last comes first while nothing is typed', () => {
    expect(rows('', ['help.about', 'file.open']).slice(0, 2)).toEqual([
      'Recently used: About Tracewell',
      'Recently used: Open…',
    ]);
    expect(rows('', ['help.about']).filter((r) => r.endsWith(': About Tracewell'))).toHaveLength(1);
  });

  test('and then what the app can do, before what is in the trace', () => {
    const few = paletteRows([...names, ...commands.slice(0, 2)], parsePaletteQuery('', false), []);
    expect([...new Set(few.map((r) => r.group))]).toEqual(['Commands', 'Functions', 'Goroutines', 'Tasks', 'Regions']);
  });

  test('with nothing typed few of each group; a sign alone has all of its kind', () => {
    const byGroup = (typed: string, group: string) => rows(typed).filter((r) => r.startsWith(`${group}: `)).length;
    expect(byGroup('', 'Commands')).toBe(8);
    expect(byGroup('>', 'Commands')).toBe(Math.min(60, commands.length));
  });

  test('groups in their order, each by how well it is found', () => {
    expect(rows('work')).toEqual([
      'Functions: main.fillWorkers.func1',
      'Goroutines: G12 main.fillWorkers.func1',
      'Regions: work',
    ]);
    expect(rows('about')[0]).toBe('Commands: About Tracewell');
  });

  test('signs choose the kind; go to anything has no commands of its own', () => {
    expect(rows('@fill')).toEqual(['Functions: main.fillWorkers.func1']);
    expect(rows('#12')).toEqual(['Goroutines: G12 main.fillWorkers.func1']);
    expect(rows('>about', [], true)[0]).toBe('Commands: About Tracewell');
    expect(rows('about', [], true)).toEqual([]);
  });

  test('names without a page are not offered', () => {
    expect(nameItems({ ...NO_NAMES, tasks: ['request'] }, () => false)).toEqual([]);
  });
});

test.each([
  ['1.5ms', 1_500_000],
  ['2 s', 2e9],
  ['96642560', 96_642_560],
  ['96,642,560', 96_642_560],
  ['10 µs', 10_000],
  ['soon', null],
  ['12 apples', null],
])('%s is a time', (text, nanos) => {
  expect(parseTime(text)).toBe(nanos);
});

test('a time leads to View trace, as wide as it is now and inside the trace', () => {
  const place = (text: string, window: number) =>
    timeItems(text, 1e9, window, String).map((i) => (i.action.kind === 'place' ? i.action.place.window : null));
  expect(place('500ms', 1000)).toEqual([{ fromNanos: 499_999_500, toNanos: 500_000_500 }]);
  expect(place('0', 1e9)).toEqual([{ fromNanos: 0, toNanos: 1e7 }]);
  expect(place('2s', 1000)).toEqual([]);
});
