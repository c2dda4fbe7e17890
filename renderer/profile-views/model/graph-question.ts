// From stacks to a picture of their call graph, but for Graphviz itself: what its thread does, so that the page's own
// thread only draws. Pure.

import { callGraph, type CallGraph, type GraphLimits } from './call-graph';
import type { FlatStacks } from './flat-stacks';
import { directionFor, dotOf, figureTexts, pictureOf, type Direction, type GraphPicture } from './graph-layout';
import { placedOf } from './placed';
import type { Weight } from './stack-set';

/** Stacks to be trimmed to a graph, or a graph that is drawn as it is. */
export type GraphSource = { readonly stacks: FlatStacks; readonly limits: GraphLimits } | { readonly graph: CallGraph };

export interface GraphQuestion {
  readonly source: GraphSource;
  /** What the weights are. */
  readonly unit: Weight;
  /** `auto`: as it is read best. */
  readonly direction: Direction | 'auto';
}

/** `layout`: Graphviz's answer as JSON. Errors: those of `layout`. */
export function pictureFor({ source, unit, direction }: GraphQuestion, layout: (dot: string) => string): GraphPicture {
  const graph = 'graph' in source ? source.graph : callGraph(source.stacks, source.limits);
  const texts = figureTexts(unit);
  if (graph.nodes.length === 0) return pictureOf(graph, { widthPx: 0, heightPx: 0, nodes: NONE, edges: NONE }, texts);
  const way = direction === 'auto' ? directionFor(graph) : direction;
  return pictureOf(graph, placedOf(layout(dotOf(graph, texts, way))), texts);
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();
