// From a call graph to Graphviz and back: boxes are measured here, Graphviz only places them. Pure.

import { formatCount, formatDurationText, formatShare } from '../../base/format';
import type { CallGraph, GraphEdge, GraphNode } from './call-graph';
import { nameLines } from './names';
import type { Placed } from './placed';
import type { Weight } from './stack-set';

/** Writes a weight and its share of the whole. */
export interface FigureTexts {
  readonly amount: (weight: number) => string;
  readonly share: (share: number) => string;
}

export const figureTexts = (unit: Weight): FigureTexts => ({
  amount: unit === 'delay' ? formatDurationText : formatCount,
  share: formatShare,
});

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

/** A graph that is laid out, and what was left out of it. */
export interface GraphPicture extends Pick<CallGraph, 'droppedNodes' | 'droppedEdges' | 'nodeCutoff' | 'edgeCutoff'> {
  readonly widthPx: number;
  readonly heightPx: number;
  /** The weightiest first. */
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

/** What Graphviz placed, for the graph that was asked for. Texts and sizes of boxes are the graph's own. Cost: O(nodes + edges). */
export function pictureOf(graph: CallGraph, placed: Placed, texts: FigureTexts): GraphPicture {
  const mostCum = Math.max(1, ...graph.nodes.map((n) => n.cum));
  const whole = Math.max(1, graph.total);
  const nodes = graph.nodes.map((n): PlacedNode => {
    const text = boxText(n, graph.total, mostCum, texts);
    const [x, y] = placed.nodes.get(`N${n.functionIx}`) ?? [0, 0];
    return { ...n, ...text, ...boxSize(text), x, y, share: n.cum / whole };
  });
  const edges = graph.edges.flatMap((e): PlacedEdge[] => {
    const line = placed.edges.get(`N${e.from}>N${e.to}`);
    if (!line) return [];
    const widthPx = edgeWidth(e.weight, graph.total);
    return [{ ...e, ...line, label: label(e, texts), widthPx, share: e.weight / whole }];
  });
  const { droppedNodes, droppedEdges, nodeCutoff, edgeCutoff } = graph;
  const { widthPx, heightPx } = placed;
  return { widthPx, heightPx, nodes, edges, droppedNodes, droppedEdges, nodeCutoff, edgeCutoff };
}
