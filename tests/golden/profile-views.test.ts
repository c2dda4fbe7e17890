// What pages show of a profile is summed up in the page: it must be what an independent program worked out.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { callGraph } from '../../renderer/profile-views/model/call-graph';
import { flameTree } from '../../renderer/profile-views/model/flame-tree';
import { flatStacks } from '../../renderer/profile-views/model/flat-stacks';
import { NO_STACK, stackSet, type PlainStack, type StackSet } from '../../renderer/profile-views/model/stack-set';
import { topRows } from '../../renderer/profile-views/model/top';

const GOLDENS = path.resolve(__dirname, '../fixtures/goldens');
/** Old and new formats, each with profiles that an independent program worked out. */
const NAMES = [
  'go1.11-locks',
  'go1.18-netsys',
  'go1.21-locks-p64',
  'go1.22-netsys',
  'go1.23-coro',
  'go1.24-gcheavy',
  'go1.25-netsys',
  'go1.26-locks',
  'go1.27-netsys',
];

interface Part {
  n: number;
  count: number;
  delay_ns: number;
  list: [stack: string[], count: number, delay: number][];
}
type Goldens = Record<string, { ended: Part; still: Part }>;

function golden(name: string): Goldens {
  const file = path.join(GOLDENS, `${name}.right.json`);
  const bytes = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  return (JSON.parse(bytes.toString()) as { profiles: Goldens }).profiles;
}
/** `func@line` to frames, as the engine's answer has them. */
function setOf(list: Part['list']): StackSet {
  const frames: { function: string; file: string; line: number }[] = [];
  const byText = new Map<string, number>();
  const frameOf = (text: string): number => {
    const at = text.lastIndexOf('@');
    const known = byText.get(text);
    if (known !== undefined) return known;
    byText.set(text, frames.length);
    return frames.push({ function: text.slice(0, at), file: 'main.go', line: Number(text.slice(at + 1)) }) - 1;
  };
  const stacks = list.map(([stack, count, nanos]): PlainStack => ({
    frames: stack.map(frameOf),
    count,
    nanos,
    maxNanos: nanos,
  }));
  return stackSet(frames, stacks);
}

const whole = NAMES.flatMap((name) =>
  Object.entries(golden(name)).flatMap(([profile, { ended }]) =>
    ended.n === ended.list.length && ended.n > 0 ? [{ name, profile, ended }] : [],
  ),
);

describe('F102: sums of every view equal the goldens', () => {
  it('looks at eight traces and more, old and new', () => {
    expect(new Set(whole.map((w) => w.name)).size).toBeGreaterThanOrEqual(8);
  });
  it.each(whole)('$name $profile', ({ ended }) => {
    const set = setOf(ended.list);
    expect([set.count, set.nanos]).toEqual([ended.count, ended.delay_ns]);

    const rows = topRows(set);
    expect(rows.reduce((n, r) => n + r.flatNanos, 0)).toBe(ended.delay_ns);
    expect(rows.reduce((n, r) => n + r.flatCount, 0)).toBe(ended.count);
    // An independent count of what goes through each function.
    for (const row of rows.slice(0, 20)) {
      const through = ended.list.filter(([s]) =>
        s.length === 0 ? row.name === NO_STACK : s.some((f) => f.slice(0, f.lastIndexOf('@')) === row.name),
      );
      expect(row.cumNanos, row.name).toBe(through.reduce((n, [, , d]) => n + d, 0));
      expect(row.cumCount, row.name).toBe(through.reduce((n, [, c]) => n + c, 0));
    }

    for (const inverted of [false, true]) {
      const tree = flameTree(set, 'delay', inverted);
      expect(tree.total[0]).toBe(ended.delay_ns);
      expect(tree.self.reduce((a, b) => a + b, 0)).toBe(ended.delay_ns);
      for (let n = 0; n < tree.length; n++)
        expect(tree.self[n]! + tree.children[n]!.reduce((sum, c) => sum + tree.total[c]!, 0)).toBe(tree.total[n]);
    }

    const graph = callGraph(flatStacks(set, 'delay'), { nodeFraction: 0, edgeFraction: 0, nodeCount: Infinity });
    expect(graph.nodes.length).toBe(rows.filter((r) => r.cumNanos > 0).length);
    expect(graph.nodes.reduce((n, g) => n + g.flat, 0)).toBe(ended.delay_ns);
    for (const node of graph.nodes) {
      const row = rows.find((r) => r.functionIx === node.functionIx)!;
      expect([node.flat, node.cum]).toEqual([row.flatNanos, row.cumNanos]);
    }
  });
});
