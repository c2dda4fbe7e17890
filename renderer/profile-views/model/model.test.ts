import { describe, expect, it } from 'vitest';
import { callGraph, PPROF_LIMITS } from './call-graph';
import { flameBoxes, flameTree, matchedWeight, matchingNodes, neighbour } from './flame-tree';
import { flatStacks } from './flat-stacks';
import { directionFor, dotOf, pictureOf } from './graph-layout';
import { pictureFor } from './graph-question';
import { placedOf } from './placed';
import { mixed, svgOfGraph } from './graph-svg';
import { heatOf, hueOf, nameLines, packageOf } from './names';
import {
  filterStacks,
  firstFew,
  heaviestOf,
  longestOf,
  NO_STACK,
  parsePattern,
  stackSet,
  stacksThrough,
} from './stack-set';
import { linesOf, peekOf, topRows } from './top';

const FRAMES = [
  { function: 'main.main', file: 'main.go', line: 1 },
  { function: 'main.a', file: 'main.go', line: 2 },
  { function: 'main.b', file: 'main.go', line: 3 },
  { function: 'sync.(*Mutex).Lock', file: 'mutex.go', line: 4 },
  { function: 'main.a', file: 'main.go', line: 9 },
];
const at = (goroutine: number, fromNanos: number, toNanos: number) => ({ goroutine, fromNanos, toNanos });
const small = stackSet(FRAMES, [
  { frames: [3, 1, 0], count: 4, nanos: 600, maxNanos: 300, longest: [at(7, 0, 300), at(7, 400, 500)] },
  { frames: [3, 2, 0], count: 1, nanos: 399, maxNanos: 399, longest: [at(8, 5, 404)] },
  { frames: [4, 4, 1, 0], count: 2, nanos: 1, maxNanos: 1 },
]);
const ix = (name: string): number => small.functions.findIndex((f) => f.name === name);

describe('top, peek, lines', () => {
  it('F108: counts a function once a stack, recursion or not', () => {
    const rows = topRows(small);
    expect(rows.map((r) => [r.name, r.flatNanos, r.cumNanos, r.cumCount, r.maxNanos])).toEqual([
      ['main.main', 0, 1000, 7, 399],
      ['sync.(*Mutex).Lock', 999, 999, 5, 399],
      ['main.a', 1, 601, 6, 300],
      ['main.b', 0, 399, 1, 399],
    ]);
    expect(rows[2]!.meanNanos).toBeCloseTo(601 / 6);
  });
  it('F108: tells callers and callees', () => {
    const peek = peekOf(small, topRows(small), ix('sync.(*Mutex).Lock'))!;
    expect(peek.callers.map((c) => [c.name, c.nanos, c.count])).toEqual([
      ['main.a', 600, 4],
      ['main.b', 399, 1],
    ]);
    expect(peek.callees).toEqual([]);
    const main = peekOf(small, topRows(small), ix('main.main'))!;
    expect(main.asRootNanos).toBe(1000);
    expect(main.callees.map((c) => c.nanos)).toEqual([601, 399]);
    expect(peekOf(small, topRows(small), 99)).toBeNull();
  });
  it('tells time by line', () => {
    expect(linesOf(small, ix('main.a')).map((l) => [l.line, l.flatNanos, l.cumNanos, l.count])).toEqual([
      [2, 0, 601, 6],
      [9, 1, 1, 2],
    ]);
  });
  it('keeps and drops by regular expression, as pprof does', () => {
    const only = filterStacks(small, /^main\.b$/, null);
    expect([only.nanos, only.count]).toEqual([399, 1]);
    expect(filterStacks(small, null, /mutex\.go/).nanos).toBe(1);
    expect(filterStacks(small, /main/, /Lock/).nanos).toBe(1);
    expect(parsePattern('')).toBeNull();
    expect(parsePattern('a(')).toHaveProperty('error');
  });
  it('finds the longest of all', () => {
    expect(longestOf(small.stacks, 2)).toEqual([at(8, 5, 404), at(7, 0, 300)]);
    expect(stacksThrough(small, ix('main.b')).length).toBe(1);
    expect(heaviestOf(small.stacks, 2).map((x) => x.nanos)).toEqual([600, 399]);
    const list = Array.from({ length: 200 }, (_, i) => (i * 7919) % 101);
    expect(firstFew(list, 9, (a, b) => a - b)).toEqual([...list].sort((a, b) => a - b).slice(0, 9));
    expect(firstFew([2, 1], 9, (a, b) => a - b)).toEqual([1, 2]);
  });
  it('gives a stack without frames a name, so that nothing is lost', () => {
    const set = stackSet([], [{ frames: [], count: 3, nanos: 9, maxNanos: 4 }]);
    expect(topRows(set)[0]).toMatchObject({ name: NO_STACK, flatNanos: 9, flatCount: 3 });
  });
});

describe('call graph', () => {
  it('F107: trims by share, bridges what is left out, and says how much', () => {
    const all = callGraph(flatStacks(small, 'delay'), { nodeFraction: 0, edgeFraction: 0, nodeCount: 80 });
    expect(all.nodes.length).toBe(4);
    expect(all.edges.map((e) => e.weight)).toEqual([601, 600, 399, 399]);
    const few = callGraph(flatStacks(small, 'delay'), { nodeFraction: 0.61, edgeFraction: 0.001, nodeCount: 80 });
    expect(few.nodes.map((n) => n.name).sort()).toEqual(['main.main', 'sync.(*Mutex).Lock']);
    expect(few.edges).toMatchObject([{ weight: 999, residual: true }]);
    expect([few.droppedNodes, few.nodeCutoff]).toEqual([2, 610]);
    const one = callGraph(flatStacks(small, 'count'), { ...PPROF_LIMITS, nodeCount: 1 });
    expect([one.nodes.length, one.edges.length, one.droppedNodes]).toEqual([1, 0, 3]);
  });
  it('drops a residual edge that another way tells too', () => {
    const frames = ['a', 'x', 'b', 'c'].map((f, line) => ({ function: f, file: '', line }));
    const set = stackSet(frames, [
      { frames: [3, 2, 0], count: 1, nanos: 500, maxNanos: 1 },
      { frames: [3, 1, 0], count: 1, nanos: 10, maxNanos: 1 },
    ]);
    const graph = callGraph(flatStacks(set, 'delay'), { nodeFraction: 0.5, edgeFraction: 0, nodeCount: 80 });
    expect(graph.edges.map((e) => [set.functions[e.from]!.name, set.functions[e.to]!.name])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });
  it('goes to Graphviz by numbers only, and comes back in pixels', () => {
    const texts = { amount: String, share: (s: number) => `${Math.round(s * 100)}%` };
    const evil = stackSet(
      [
        { function: 'main.f"];}digraph{', file: '', line: 1 },
        { function: '<script>', file: '', line: 2 },
      ],
      [{ frames: [0, 1], count: 1, nanos: 10, maxNanos: 10 }],
    );
    const graph = callGraph(flatStacks(evil, 'delay'), PPROF_LIMITS);
    const dot = dotOf(graph, texts, 'down');
    expect(dot).not.toMatch(/script|main/);
    expect(dot).toMatch(/N1 -> N0 /);
    const answer = JSON.stringify({
      bb: '0,0,100,200',
      objects: [
        { name: 'N0', pos: '50,20' },
        { name: 'N1', pos: '50,180' },
      ],
      edges: [{ tail: 1, head: 0, pos: 'e,50,40 50,160 50,130 50,80 50,50', lp: '60,100' }],
    });
    const picture = pictureOf(graph, placedOf(answer), texts);
    expect(picture.nodes.find((n) => n.functionIx === 1)).toMatchObject({ x: 50, y: 20, share: 1 });
    expect(picture.edges[0]).toMatchObject({ path: 'M50.0,40.0C50.0,70.0 50.0,120.0 50.0,150.0', labelY: 100 });
    const svg = svgOfGraph(picture, 'a & b', {
      surface: '#ffffff',
      ink: '#000000',
      ink2: '#111111',
      line: '#222222',
      heat: Array(8).fill('#ff0000'),
      fontMono: 'mono',
    });
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('a &amp; b');
    expect(new DOMParser().parseFromString(svg, 'text/xml').querySelectorAll('rect').length).toBe(3);
  });
  it('F107: a picture is of stacks or of a graph, and an empty one asks nobody', () => {
    const stacks = flatStacks(small, 'delay', (name) => `▲ ${name}`);
    const asked: string[] = [];
    const layout = (dot: string): string => {
      asked.push(dot);
      const names = [...dot.matchAll(/^(N\d+) \[/gm)].map((m) => m[1]!);
      return JSON.stringify({ bb: '0,0,9,9', objects: names.map((name) => ({ name, pos: '1,2' })) });
    };
    const limits = { nodeFraction: 0, edgeFraction: 0, nodeCount: 3 };
    const of = pictureFor({ source: { stacks, limits }, unit: 'delay', direction: 'auto' }, layout);
    expect([of.nodes.length, of.droppedNodes, of.nodes[0]!.name]).toEqual([3, 1, '▲ sync.(*Mutex).Lock']);
    expect(of.nodes.find((n) => n.name === '▲ main.main')!.figures[0]).toMatch(/^0 of 1.*µs/);
    expect(asked[0]).toContain('rankdir=TB');
    const graph = callGraph(stacks, limits);
    expect(pictureFor({ source: { graph }, unit: 'count', direction: 'right' }, layout).nodes.length).toBe(3);
    expect(asked[1]).toContain('rankdir=LR');
    const none = flatStacks(stackSet([], []), 'delay');
    const empty = pictureFor({ source: { stacks: none, limits }, unit: 'delay', direction: 'auto' }, layout);
    expect([empty.nodes.length, asked.length]).toEqual([0, 2]);
  });
  it('goes to the right where downwards it would be a band', () => {
    const frames = Array.from({ length: 30 }, (_, i) => ({ function: `f${i}`, file: '', line: i }));
    const wide = stackSet(
      frames,
      Array.from({ length: 15 }, (_, i) => ({ frames: [2 * i, 2 * i + 1], count: 1, nanos: 100, maxNanos: 1 })),
    );
    expect(directionFor(callGraph(flatStacks(wide, 'delay'), PPROF_LIMITS))).toBe('right');
    expect(directionFor(callGraph(flatStacks(small, 'delay'), PPROF_LIMITS))).toBe('down');
  });
});

describe('flame graph', () => {
  const tree = flameTree(small, 'delay', false);
  it('F108: merges equal beginnings, folds recursion, puts the heavy first', () => {
    const name = (n: number): string => small.functions[tree.functionIx[n]!]!.name;
    const main = tree.children[0]![0]!;
    expect([name(main), tree.total[main]]).toEqual(['main.main', 1000]);
    expect(tree.children[main]!.map(name)).toEqual(['main.a', 'main.b']);
    const a = tree.children[main]![0]!;
    expect([tree.times[a], tree.self[a], tree.total[a]]).toEqual([3, 1, 601]);
    expect(tree.stacksOf(a)).toEqual([2, 0]);
    const inverted = flameTree(small, 'delay', true);
    expect(inverted.children[0]!.map((n) => small.functions[inverted.functionIx[n]!]!.name)).toEqual([
      'sync.(*Mutex).Lock',
      'main.a',
    ]);
  });
  it('draws every pixel of the width, the narrow ones together', () => {
    const boxes = flameBoxes(tree, 0, 500);
    expect(boxes[0]).toMatchObject({ node: 0, row: 0, width: 500 });
    const row1 = boxes.filter((b) => b.row === 1);
    expect(row1.reduce((w, b) => w + b.width, 0)).toBeCloseTo(500);
    const tiny = flameBoxes(
      flameTree(
        stackSet(FRAMES, [
          { frames: [0], count: 1, nanos: 1e6, maxNanos: 1 },
          { frames: [1], count: 1, nanos: 1, maxNanos: 1 },
          { frames: [2], count: 1, nanos: 1, maxNanos: 1 },
        ]),
        'delay',
        false,
      ),
      0,
      500,
    );
    expect(tiny.at(-1)).toMatchObject({ merged: 2, row: 1 });
  });
  it('zooms: what lies above fills the width', () => {
    const main = tree.children[0]![0]!;
    const b = tree.children[main]![1]!;
    expect(
      flameBoxes(tree, b, 300)
        .slice(0, 3)
        .map((x) => x.width),
    ).toEqual([300, 300, 300]);
  });
  it('searches, and counts a stack once', () => {
    expect(matchedWeight(small, 'delay', /main\./)).toBe(1000);
    expect(matchingNodes(tree, small, /Lock/).size).toBe(2);
  });
  it('goes from node to node', () => {
    const main = tree.children[0]![0]!;
    const [a, b] = tree.children[main]!;
    expect([
      neighbour(tree, 0, 'child'),
      neighbour(tree, a!, 'right'),
      neighbour(tree, b!, 'left'),
      neighbour(tree, b!, 'parent'),
    ]).toEqual([main, b, a, main]);
    expect(neighbour(tree, b!, 'right')).toBe(b);
  });
});

describe('names and colours', () => {
  it('knows the package of a function', () => {
    expect(['net/http.(*conn).serve', 'main.main', 'slices.Sort[go.shape.int]', 'cgo'].map(packageOf)).toEqual([
      'net/http',
      'main',
      'slices',
      '',
    ]);
    expect(hueOf('main.a')).toBe(hueOf('main.b'));
  });
  it('breaks a name as pprof does', () => {
    expect(nameLines('net/http.(*conn).serve')).toEqual(['…/http', '(*conn)', 'serve']);
    expect(nameLines('main.f[go.shape.int].func1')).toEqual(['main', 'f[…]', 'func1']);
    expect(nameLines(NO_STACK)).toEqual([NO_STACK]);
  });
  it('heats up with the share', () => {
    expect([heatOf(0), heatOf(1), heatOf(2)]).toEqual([0, 7, 7]);
    expect(heatOf(0.01)).toBeLessThan(heatOf(0.2));
    expect(mixed('#ff0000', 0.5, '#0000ff')).toBe('#800080');
  });
});
