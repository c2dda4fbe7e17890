// From a call graph to Graphviz and back: boxes are measured here, Graphviz only places them. Pure.

import type { CallGraph, GraphEdge, GraphNode } from './call-graph';
import { nameLines } from './names';

/** Writes a weight and its share of the whole. */
export interface FigureTexts {
  readonly amount: (weight: number) => string;
  readonly share: (share: number) => string;
}

export interface BoxText {
  readonly lines: readonly string[];
  readonly figures: readonly string[];
  /** Of the name; figures are a step smaller. */
  readonly fontPx: number;
  readonly figurePx: number;
}

export interface PlacedNode extends GraphNode, BoxText {
  /** Middle, in CSS pixels from the left and the top. */
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Share of the whole, 0..1. */
  readonly share: number;
}

export interface PlacedEdge extends GraphEdge {
  /** An SVG path, and its arrow head. */
  readonly path: string;
  readonly head: string;
  readonly label: string;
  readonly labelX: number;
  readonly labelY: number;
  readonly widthPx: number;
  readonly share: number;
}

export interface GraphPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const LEAST_FONT_PX = 10;
const MORE_FONT_PX = 13;
const LINE = 1.25;
/** Width of a character of the mono face in its size. */
const CHARACTER = 0.602;
const PAD_X = 10;
const PAD_Y = 7;
const LABEL_PX = 11;
/** Graphviz speaks of inches of 72 points; a point is our pixel. */
const INCH = 72;

/** What stands in a box: the name broken into lines, then flat and cumulative as pprof writes them. The size says the cumulative weight. */
export function boxText(n: GraphNode, total: number, mostCum: number, texts: FigureTexts): BoxText {
  const cum = `${texts.amount(n.cum)} (${texts.share(total > 0 ? n.cum / total : 0)})`;
  const flat = `${texts.amount(n.flat)} (${texts.share(total > 0 ? n.flat / total : 0)})`;
  const figures = n.flat === n.cum ? [flat] : n.flat > 0 ? [flat, `of ${cum}`] : [`0 of ${cum}`];
  const fontPx = LEAST_FONT_PX + Math.ceil(MORE_FONT_PX * Math.sqrt(mostCum > 0 ? n.cum / mostCum : 0));
  return { lines: nameLines(n.name), figures, fontPx, figurePx: Math.max(LEAST_FONT_PX, Math.round(fontPx * 0.72)) };
}

export function boxSize(t: BoxText): { readonly widthPx: number; readonly heightPx: number } {
  const longest = (lines: readonly string[]): number => Math.max(0, ...lines.map((l) => [...l].length));
  const width = Math.max(longest(t.lines) * t.fontPx, longest(t.figures) * t.figurePx) * CHARACTER;
  const height = (t.lines.length * t.fontPx + t.figures.length * t.figurePx) * LINE;
  return { widthPx: Math.ceil(width + 2 * PAD_X), heightPx: Math.ceil(height + 2 * PAD_Y) };
}

const label = (e: GraphEdge, texts: FigureTexts): string =>
  e.residual ? `… ${texts.amount(e.weight)}` : texts.amount(e.weight);

/** Width of an edge: 1 to 6 px by its share, as pprof has it. */
export const edgeWidth = (weight: number, total: number): number => 1 + Math.min(5, (weight * 5) / Math.max(1, total));

/** Which way calls go: down as pprof draws them, or to the right. */
export type Direction = 'down' | 'right';

/** Down, unless there is much more beside each other than below each other: that would be a band too small to read. */
export function directionFor(graph: CallGraph): Direction {
  const rank = new Map<number, number>();
  // Longest way from an entry, a few rounds: enough to tell a band from a tree.
  for (let round = 0; round < 12; round++)
    for (const e of graph.edges)
      rank.set(e.to, Math.max(rank.get(e.to) ?? 0, Math.min(12, (rank.get(e.from) ?? 0) + 1)));
  const ranks = 1 + Math.max(0, ...rank.values());
  return graph.nodes.length / ranks > 5 && ranks <= 4 ? 'right' : 'down';
}

/** The graph in Graphviz's language: sizes and weights only, no names, so that nothing in them can be taken for syntax. */
export function dotOf(graph: CallGraph, texts: FigureTexts, direction: Direction): string {
  const mostCum = Math.max(1, ...graph.nodes.map((n) => n.cum));
  const flow =
    direction === 'down' ? 'rankdir=TB; nodesep=0.28; ranksep=0.42' : 'rankdir=LR; nodesep=0.16; ranksep=0.8';
  const lines = ['digraph {', `${flow}; node [shape=box fixedsize=true label=""];`];
  for (const n of graph.nodes) {
    const { widthPx, heightPx } = boxSize(boxText(n, graph.total, mostCum, texts));
    lines.push(`N${n.functionIx} [width=${(widthPx / INCH).toFixed(4)} height=${(heightPx / INCH).toFixed(4)}];`);
  }
  for (const e of graph.edges) {
    // A label that is only as wide as its place: digits of the same width hold it.
    const room = 'x'.repeat(label(e, texts).length + 1);
    const weight = 1 + Math.min(100, Math.round((e.weight * 100) / Math.max(1, graph.total)));
    const longer = e.residual ? ' minlen=2' : '';
    lines.push(
      `N${e.from} -> N${e.to} [label="${room}" fontname="Courier" fontsize=${LABEL_PX} weight=${weight} penwidth=${edgeWidth(e.weight, graph.total).toFixed(2)}${longer}];`,
    );
  }
  lines.push('}');
  return lines.join('\n');
}

interface GraphvizAnswer {
  readonly bb: string;
  readonly objects?: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly {
    readonly tail: number;
    readonly head: number;
    readonly pos: string;
    readonly lp?: string;
  }[];
}

type Point = readonly [x: number, y: number];

/** What Graphviz answered, as pixels. Errors: when it is no answer to this graph. */
export function pictureOf(graph: CallGraph, json: string, texts: FigureTexts): GraphPicture {
  const answer = JSON.parse(json) as GraphvizAnswer;
  const [, , widthPx = 0, heightPx = 0] = answer.bb.split(',').map(Number);
  // Graphviz counts from the foot.
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(',').map(Number);
    return [x, heightPx - y];
  };
  const mostCum = Math.max(1, ...graph.nodes.map((n) => n.cum));
  const whole = Math.max(1, graph.total);
  const places = new Map((answer.objects ?? []).map((o) => [o.name, point(o.pos)]));
  const nodes = graph.nodes.map((n): PlacedNode => {
    const text = boxText(n, graph.total, mostCum, texts);
    const [x, y] = places.get(`N${n.functionIx}`) ?? [0, 0];
    return { ...n, ...text, ...boxSize(text), x, y, share: n.cum / whole };
  });
  const byEnds = new Map(
    (answer.edges ?? []).map((e) => [`${answer.objects?.[e.tail]?.name}>${answer.objects?.[e.head]?.name}`, e]),
  );
  const edges = graph.edges.flatMap((e): PlacedEdge[] => {
    const placed = byEnds.get(`N${e.from}>N${e.to}`);
    if (!placed) return [];
    const [labelX, labelY] = placed.lp ? point(placed.lp) : [0, 0];
    const width = edgeWidth(e.weight, graph.total);
    return [
      {
        ...e,
        ...curve(placed.pos, point, width),
        label: label(e, texts),
        labelX,
        labelY,
        widthPx: width,
        share: e.weight / whole,
      },
    ];
  });
  return { widthPx, heightPx, nodes, edges };
}

/** `e,x,y x,y …`: the arrow's tip, then the points of a Bézier spline. */
function curve(pos: string, point: (text: string) => Point, width: number): { path: string; head: string } {
  const parts = pos.split(' ');
  const tip = parts[0]?.startsWith('e,') ? point(parts.shift()!.slice(2)) : null;
  const points = parts.filter((p) => !p.startsWith('s,')).map(point);
  const [first, ...rest] = points;
  if (!first) return { path: '', head: '' };
  const one = ([x, y]: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  const path = `M${one(first)}C${rest.map(one).join(' ')}`;
  const last = points.at(-1)!;
  const end = tip ?? last;
  const angle = Math.atan2(end[1] - last[1], end[0] - last[0]);
  const half = 3 + width * 0.8;
  const side = (by: number): Point => [last[0] + Math.sin(angle) * by, last[1] - Math.cos(angle) * by];
  return { path, head: `M${one(end)}L${one(side(half))}L${one(side(-half))}Z` };
}
