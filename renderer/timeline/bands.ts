// Spans of user regions and tasks as bands on rows of a small time axis of its own. Pure.

import type { RegionSpan, TimeRange } from '../../contract/answers';

export interface Band extends TimeRange {
  readonly label: string;
  /** Depth among bands that overlap on the same row. */
  readonly level: number;
  /** Colour: 1..8 of the tokens `task-N`. */
  readonly hue: number;
  readonly isOpen: boolean;
  readonly region: RegionSpan | null;
}

export interface TimelineRow {
  readonly key: string;
  readonly label: string;
  readonly depth: number;
  readonly task: number | null;
  readonly goroutine: number | null;
  readonly bands: readonly Band[];
  readonly levels: number;
  readonly logs: readonly { readonly atNanos: number; readonly text: string }[];
}

/** A hue for a name, the same for equal ones in this picture. */
export function hues(names: readonly string[]): (name: string) => number {
  const known = new Map([...new Set(names)].map((n, i) => [n, (i % 8) + 1]));
  return (name) => known.get(name) ?? 1;
}

/** Bands on levels: each on the first level where nothing that still goes on stands. Shapes: sorted by begin. */
export function levelled(spans: readonly RegionSpan[], hueOf: (name: string) => number): readonly Band[] {
  const ends: number[] = [];
  return [...spans]
    .sort((a, b) => a.fromNanos - b.fromNanos || b.toNanos - a.toNanos)
    .map((r) => {
      const free = ends.findIndex((end) => end <= r.fromNanos);
      const level = free < 0 ? ends.length : free;
      ends[level] = r.toNanos;
      return {
        fromNanos: r.fromNanos,
        toNanos: r.toNanos,
        label: r.name || '(no name)',
        level,
        hue: hueOf(r.name),
        isOpen: !r.hasEnd,
        region: r,
      };
    });
}
