import { expect, it } from 'vitest';
import type { ComparedMeasure, SeriesMeasure } from '../../../contract/compare';
import { currentPalette } from '../../base/palette';
import { flameBoxes, flameTree } from '../../profile-views/model/flame-tree';
import { csvLines } from '../../widgets/table/cell-text';
import { sortRows } from '../../widgets/table/memory-source';
import { diffSize, diffTwin, svgOfDiff } from './diff-flame-file';
import { diffNodes, diffStacks } from './diff-stacks';
import { inBlocks, SUMMARY_COLUMNS, trendColumns } from './figure-columns';

const measure = (
  id: string,
  a: number | null,
  b: number | null,
  more: Partial<ComparedMeasure> = {},
): ComparedMeasure => ({
  id,
  title: id,
  unit: 'ns',
  a,
  b,
  difference: a === null || b === null ? null : b - a,
  ratio: a && b !== null ? b / a : null,
  change: 'worse',
  ...more,
});

it('F155: the summary: figures of a kind follow each other, sort by their number, and go whole into a CSV', () => {
  const rows = inBlocks([measure('gc-share', 10, 20), measure('duration', 2_000_000, 1_000), measure('exec', 5, null)]);
  expect(rows.map((m) => m.id)).toEqual(['duration', 'exec', 'gc-share']);
  const byB = sortRows(rows, [{ column: 'b', descending: false }], SUMMARY_COLUMNS);
  expect(byB.map((m) => m.id)).toEqual(['gc-share', 'duration', 'exec']);
  const lines = csvLines(rows, SUMMARY_COLUMNS).trim().split('\n');
  expect(lines[0]).toBe('duration,The run,2000000,1000,-1999000,0.0005,worse,ns');
  expect(lines[1]).toBe('exec,What goroutines did,5,,,,not known,ns');
});

it('trends have a column for each run, named by letter and name', () => {
  const m = { id: 'duration', title: 'Duration', unit: 'ns', values: [4, null, 2], change: 'better' } as SeriesMeasure;
  const columns = trendColumns(['A', 'B', 'C'].map((letter) => ({ letter, name: `${letter}.trace` })));
  expect(columns.map((c) => c.title)).toContain('B B.trace');
  expect(csvLines([m], columns).trim()).toBe('Duration,4,,2,0.5,better');
});

it('F159: the differential flame graph as rows and as a picture', () => {
  const frame = { function: 'f', file: 'f.go', line: 1 };
  const of = (name: string, a: number, b: number) => ({
    functions: [name, 'main'],
    a: { frames: [frame, frame], delayNanos: a, count: 1 },
    b: { frames: [frame, frame], delayNanos: b, count: 1 },
  });
  const stacks = diffStacks([of('grew', 10, 90), of('same', 50, 50)] as never, 'delay');
  const tree = flameTree(stacks.both, 'delay', false);
  const nodes = diffNodes(tree, stacks);
  const nameOf = (n: number): string => (n === 0 ? 'All' : stacks.both.functions[tree.functionIx[n]!]!.name);
  const { columns, rowCount } = diffTwin(tree, nodes, nameOf, 'ns');
  const rows = Array.from({ length: rowCount }, (_, i) => columns.map((c) => c.value(i)));
  expect(rows).toContainEqual(['grew', 2, 10, 90, 80, 9, 'B has more']);
  expect(rows).toContainEqual(['same', 2, 50, 50, 0, 1, 'the same']);
  const picture = { boxes: flameBoxes(tree, 0, 600), nodes, nameOf, widthPx: 600, rowCount: tree.maxDepth + 1 };
  const doc = new DOMParser().parseFromString(svgOfDiff(picture, 'What changed', currentPalette()), 'image/svg+xml');
  expect([...doc.querySelectorAll('text')].map((t) => t.textContent)).toContain('▲ grew');
  expect(diffSize(picture)).toEqual({ widthPx: 632, heightPx: 110 });
});
