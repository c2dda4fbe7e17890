// The regions that were chosen, and nothing else, as rows by goroutine. Pure.

import type { RegionSpan, TimeRange } from '../../../contract/answers';
import { hues, levelled, type TimelineRow } from '../../timeline/bands';

/** Goroutines that are drawn at most: those whose regions come first. */
export const MOST_ROWS = 200;

/** A row for each goroutine that ran one of them, by their first begin. */
export function regionTimeline(spans: readonly RegionSpan[]): readonly TimelineRow[] {
  const hueOf = hues(spans.map((s) => s.name).sort());
  const of = new Map<number, RegionSpan[]>();
  for (const s of [...spans].sort((a, b) => a.fromNanos - b.fromNanos)) {
    const list = of.get(s.goroutine);
    if (list) list.push(s);
    else of.set(s.goroutine, [s]);
  }
  return [...of].slice(0, MOST_ROWS).map(([goroutine, list]) => {
    const bands = levelled(list, hueOf);
    return {
      key: `g${goroutine}`,
      label: `G${goroutine}`,
      depth: 0,
      task: null,
      goroutine,
      bands,
      levels: Math.max(1, ...bands.map((b) => b.level + 1)),
      logs: [],
    };
  });
}

/** From the first begin to the last end. */
export function rangeOfSpans(spans: readonly RegionSpan[]): TimeRange {
  const fromNanos = spans.reduce((n, s) => Math.min(n, s.fromNanos), Infinity);
  const toNanos = spans.reduce((n, s) => Math.max(n, s.toNanos), 0);
  return Number.isFinite(fromNanos)
    ? { fromNanos, toNanos: Math.max(toNanos, fromNanos + 1) }
    : { fromNanos: 0, toNanos: 1 };
}
