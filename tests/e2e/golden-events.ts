// Facts of a fixture computed from its golden events, every event in order, by Go's own reader: a second opinion on what
// the app shows. Small and plain on purpose.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './launch';

export interface GoldenEvent {
  /** ns since the first event. */
  readonly t: number;
  readonly m: number;
  readonly p: number;
  readonly g: number;
  /** Kind: `StateTransition`, `RangeBegin`, `RegionBegin`, `TaskBegin`, `Log`, `StackSample`, `Metric` … */
  readonly k: string;
  readonly res?: 'Goroutine' | 'Proc';
  readonly id?: number;
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly name?: string;
  readonly stack?: readonly string[];
}

/** All events of a golden. */
export function goldenEvents(name: string): readonly GoldenEvent[] {
  const file = path.join(root, 'tests/fixtures/goldens', `${name}.events.jsonl.gz`);
  return eventsIn(gunzipSync(readFileSync(file)).toString('utf8'));
}

/** Events as lines of text. */
export const eventsIn = (text: string): readonly GoldenEvent[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as GoldenEvent);

/** A stretch in one state. */
export interface Stretch {
  readonly state: string;
  readonly reason: string;
  readonly from: number;
  readonly to: number;
  /** Processor on which it ran or began its system call; -1 elsewhere. */
  readonly p: number;
  /** Who ended it; -1: nobody is named. */
  readonly by: number;
}

/** The life of each goroutine as the events tell it, what is open at the end up to the last event. */
export function livesOf(events: readonly GoldenEvent[]): ReadonlyMap<number, readonly Stretch[]> {
  const lives = new Map<number, Stretch[]>();
  const open = new Map<number, Omit<Stretch, 'to' | 'by'>>();
  const end = events.at(-1)!.t;
  for (const e of events) {
    if (e.k !== 'StateTransition' || e.res !== 'Goroutine' || e.id === undefined) continue;
    const list = lives.get(e.id) ?? [];
    lives.set(e.id, list);
    const was = open.get(e.id);
    if (was) list.push({ ...was, to: e.t, by: e.g });
    open.delete(e.id);
    if (e.to !== 'NotExist')
      open.set(e.id, {
        state: e.to!,
        reason: e.reason ?? '',
        from: e.from === 'Undetermined' ? 0 : e.t,
        p: e.to === 'Running' || e.to === 'Syscall' ? e.p : -1,
      });
  }
  for (const [id, was] of open) lives.get(id)!.push({ ...was, to: end, by: -1 });
  return lives;
}

/** How many goroutines are in a state right after a time. */
export function countAt(events: readonly GoldenEvent[], state: string, t: number): number {
  let n = 0;
  for (const list of livesOf(events).values()) if (list.some((s) => s.state === state && s.from <= t && t < s.to)) n++;
  return n;
}

/** Threads in system calls, and those that run: running processors less those whose goroutine is in one. */
export function threadsAt(
  events: readonly GoldenEvent[],
  t: number,
): { readonly inSyscall: number; readonly running: number } {
  const procs = new Map<number, string>();
  /** Goroutine in a system call → the processor it still holds, -1: none. */
  const calls = new Map<number, number>();
  for (const e of events) {
    if (e.k !== 'StateTransition' || e.id === undefined) continue;
    // What is first told later was so from the begin on.
    if (e.t > t && (e.from !== 'Undetermined' || (e.res === 'Proc' ? procs : calls).has(e.id))) continue;
    if (e.res === 'Proc') {
      procs.set(e.id, e.to!);
      if (e.to !== 'Running') for (const [g, p] of calls) if (p === e.id) calls.set(g, -1);
    } else if (e.to === 'Syscall') calls.set(e.id, e.p);
    else calls.delete(e.id);
  }
  const holds = [...calls.values()].filter((p) => procs.get(p) === 'Running').length;
  return { inSyscall: calls.size, running: [...procs.values()].filter((s) => s === 'Running').length - holds };
}

/** Times at which somebody made a goroutine runnable, or made it. */
export const flowsOf = (events: readonly GoldenEvent[]): readonly GoldenEvent[] =>
  events.filter(
    (e) =>
      e.k === 'StateTransition' &&
      e.res === 'Goroutine' &&
      e.to === 'Runnable' &&
      (e.from === 'Waiting' || e.from === 'NotExist'),
  );

/**
 * Why a goroutine waited: who ended the wait, the last wait of that one that ended within it, and so on; who was made within
 * it ends the chain with that. Each with its share: the shares add up to the wait.
 */
export function chainOf(
  events: readonly GoldenEvent[],
  lives: ReadonlyMap<number, readonly Stretch[]>,
  g: number,
  wait: Stretch,
): readonly { readonly g: number; readonly nanos: number }[] {
  const end = events.at(-1)!.t;
  const steps = [{ g, to: wait.to, by: wait.by }];
  while (steps.length < 8) {
    const { g: was, to, by } = steps.at(-1)!;
    const last = lives
      .get(by)
      ?.filter((s) => s.state === 'Waiting' && s.to <= to && s.to < end)
      .at(-1);
    const made = last ? undefined : events.find((e) => e.id === by && e.res === 'Goroutine' && e.from === 'NotExist');
    const next = last ? { g: by, to: last.to, by: last.by } : made && { g: by, to: made.t, by: made.g };
    if (!next || next.to <= wait.from || (next.to === to && by === was)) break;
    steps.push(next);
  }
  return steps.map((s, i) => ({ g: s.g, nanos: s.to - (steps[i + 1]?.to ?? wait.from) }));
}
