// Where a task's time went, counted anew from the lines of `tracewell events`: another program over another question.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { TaskDetails, TaskNode, TimeRange } from '../../contract/answers';
import { openTrace, quiet, root, tracePath, WHOLE } from './asked';

interface Line {
  readonly t: number;
  readonly g: number;
  readonly k: string;
  readonly task?: number;
  readonly res?: string;
  readonly id?: number;
  readonly from?: string;
  readonly to?: string;
}
interface Span {
  readonly g: number;
  readonly from: number;
  to: number;
}

const eventsOf = (name: string): readonly Line[] =>
  execFileSync(path.join(root, 'bin/tracewell'), ['events', tracePath(name)], { encoding: 'utf8', maxBuffer: 1 << 28 })
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l) as Line);

/** Stretches in which each goroutine was in one state, and those in which it had a region of a task open. */
function spansOf(lines: readonly Line[], end: number) {
  const states: (Span & { readonly state: string })[] = [];
  const regions: (Span & { readonly task: number })[] = [];
  const last = new Map<number, (typeof states)[number]>();
  const open = new Map<number, (typeof regions)[number][]>();
  for (const l of lines) {
    if (l.k === 'StateTransition' && l.res === 'Goroutine') {
      const g = l.id!;
      const was = last.get(g);
      if (was) was.to = l.t;
      last.delete(g);
      if (l.to === 'NotExist') {
        for (const r of open.get(g) ?? []) r.to = l.t;
        open.delete(g);
        continue;
      }
      // Of the first mention the state is as old as the trace.
      const span = { g, state: l.to!.toLowerCase(), from: l.from === 'Undetermined' ? 0 : l.t, to: end };
      states.push(span);
      last.set(g, span);
    } else if (l.k === 'RegionBegin') {
      const span = { g: l.g, task: l.task!, from: l.t, to: end };
      regions.push(span);
      open.set(l.g, [...(open.get(l.g) ?? []), span]);
    } else if (l.k === 'RegionEnd') {
      const own = open.get(l.g)?.pop();
      if (own) own.to = l.t;
      else regions.push({ g: l.g, task: l.task!, from: 0, to: l.t });
    }
  }
  return { states, regions };
}

const RANKS = ['running', 'syscall', 'runnable', 'waiting'];

/** By state, over every stretch in which nothing changes. */
function counted(spans: ReturnType<typeof spansOf>, ids: ReadonlySet<number>, { fromNanos, toNanos }: TimeRange) {
  const regions = spans.regions.filter((r) => ids.has(r.task) && r.to > fromNanos && r.from < toNanos);
  const members = new Set(regions.map((r) => r.g));
  const states = spans.states.filter((s) => members.has(s.g) && s.to > fromNanos && s.from < toNanos);
  const cuts = [...regions, ...states].flatMap((s) => [s.from, s.to]).filter((t) => t > fromNanos && t < toNanos);
  const times = [...new Set([fromNanos, ...cuts, toNanos])].sort((a, b) => a - b);
  const sums: Record<string, number> = {};
  times.slice(1).forEach((to, i) => {
    const from = times[i]!;
    const inside = new Set(regions.filter((r) => r.from <= from && r.to >= to).map((r) => r.g));
    const now = states.filter((s) => inside.has(s.g) && s.from <= from && s.to >= to).map((s) => s.state);
    const best = RANKS.find((r) => now.includes(r)) ?? 'none';
    sums[best] = (sums[best] ?? 0) + to - from;
  });
  return sums;
}

function byState(d: TaskDetails): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const b of d.breakdown) sums[b.state] = (sums[b.state] ?? 0) + b.nanos;
  return sums;
}
const idsOf = (n: TaskNode): readonly number[] => [n.id, ...n.children.flatMap(idsOf)];

test.each(['go1.26-tasks', 'go1.23-tasks', 'go1.22-tasks', 'go1.19-tasks'])(
  'F105: the time of a task of %s equals an independent count, whole and in windows that add up',
  async (name) => {
    const api = await openTrace(tracePath(name));
    const lines = eventsOf(name);
    const spans = spansOf(lines, lines.at(-1)!.t);
    const tasks = [...new Set(lines.filter((l) => l.k === 'TaskBegin').map((l) => l.task!))];
    let looked = 0;
    for (const id of tasks.filter((_, i) => i % 5 === 0)) {
      const whole = await api.readTask({ id, scope: WHOLE }, quiet);
      // Without regions its goroutines count, however long they live.
      if (whole.regionCount === 0) continue;
      looked++;
      const ids = new Set(idsOf(whole.tree));
      const { fromNanos, toNanos } = whole.tree;
      expect(byState(whole), `task ${id}`).toEqual(counted(spans, ids, { fromNanos, toNanos }));
      // Thirds, the first begins before the task and the last ends behind it.
      const third = Math.floor((toNanos - fromNanos) / 3);
      const cuts = [Math.max(0, fromNanos - third), fromNanos + third, fromNanos + 2 * third, toNanos + third];
      const sums: Record<string, number> = {};
      for (let i = 0; i < 3; i++) {
        const window = { fromNanos: cuts[i]!, toNanos: cuts[i + 1]! };
        const part = await api.readTask({ id, scope: { window } }, quiet);
        const clipped = {
          fromNanos: Math.max(fromNanos, window.fromNanos),
          toNanos: Math.min(toNanos, window.toNanos),
        };
        expect(byState(part), `task ${id}, third ${i + 1}`).toEqual(counted(spans, ids, clipped));
        for (const b of part.breakdown) {
          const key = `${b.state} ${b.reason}`;
          sums[key] = (sums[key] ?? 0) + b.nanos;
        }
      }
      expect(sums).toEqual(Object.fromEntries(whole.breakdown.map((b) => [`${b.state} ${b.reason}`, b.nanos])));
      const before = { fromNanos: 0, toNanos: fromNanos };
      expect((await api.readTask({ id, scope: { window: before } }, quiet)).breakdown).toEqual([]);
    }
    expect(looked).toBeGreaterThan(5);
  },
);
