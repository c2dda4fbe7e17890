// The common ground of all views of a profile: stacks with their weights, functions instead of frames, and what the
// user keeps of them by regular expression. Pure.

import type { Frame, Occurrence, ProfilePart } from '../../../contract/answers';
import type { Nanos } from '../../../contract/units';

/** What a stack weighs: the time of its waits, or how many there were. */
export type Weight = 'delay' | 'count';

export interface WeightedStack {
  /** Functions, leaf first. */
  readonly functions: readonly number[];
  /** Frames of the answer, leaf first: the same with lines. */
  readonly frames: readonly number[];
  readonly count: number;
  readonly nanos: Nanos;
  readonly maxNanos: Nanos;
  readonly longest: readonly Occurrence[];
}

export interface FunctionEntry {
  readonly name: string;
  /** Of its first frame. */
  readonly file: string;
}

export interface StackSet {
  readonly frames: readonly Frame[];
  readonly functions: readonly FunctionEntry[];
  /** Function of each frame. */
  readonly functionOfFrame: readonly number[];
  readonly stacks: readonly WeightedStack[];
  readonly count: number;
  readonly nanos: Nanos;
}

/** The name of a stack that Go recorded no frames of. */
export const NO_STACK = '(no stack recorded)';

export interface PlainStack {
  readonly frames: readonly number[];
  readonly count: number;
  readonly nanos: Nanos;
  readonly maxNanos: Nanos;
  readonly longest?: readonly Occurrence[];
}

/** Names frames by function. A stack without frames gets one function of its own, so that its time is not lost. */
export function stackSet(frames: readonly Frame[], plain: readonly PlainStack[]): StackSet {
  const functions: FunctionEntry[] = [];
  const byName = new Map<string, number>();
  const functionIx = (name: string, file: string): number => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    byName.set(name, functions.length);
    return functions.push({ name, file }) - 1;
  };
  const functionOfFrame = frames.map((f) => functionIx(f.function || '(unknown function)', f.file));
  const stacks = plain.map((s) => ({
    functions: s.frames.length > 0 ? s.frames.map((f) => functionOfFrame[f] ?? 0) : [functionIx(NO_STACK, '')],
    frames: s.frames,
    count: s.count,
    nanos: s.nanos,
    maxNanos: s.maxNanos,
    longest: s.longest ?? [],
  }));
  return withStacks({ frames, functions, functionOfFrame }, stacks);
}

function withStacks(
  of: Pick<StackSet, 'frames' | 'functions' | 'functionOfFrame'>,
  stacks: readonly WeightedStack[],
): StackSet {
  return {
    frames: of.frames,
    functions: of.functions,
    functionOfFrame: of.functionOfFrame,
    stacks,
    count: stacks.reduce((n, s) => n + s.count, 0),
    nanos: stacks.reduce((n, s) => n + s.nanos, 0),
  };
}

/** One part of the engine's answer: what ended, or what never did. */
export const setOfPart = (frames: readonly Frame[], part: ProfilePart): StackSet =>
  stackSet(
    frames,
    part.stacks.map((s) => ({
      frames: s.frames,
      count: s.count,
      nanos: s.delayNanos,
      maxNanos: s.maxNanos,
      longest: s.longest,
    })),
  );

export const weightOf = (s: { readonly nanos: Nanos; readonly count: number }, weight: Weight): number =>
  weight === 'delay' ? s.nanos : s.count;

/** A regular expression as typed; null for an empty one. Errors: a sentence. */
export function parsePattern(text: string): RegExp | null | { readonly error: string } {
  if (text.trim() === '') return null;
  try {
    return new RegExp(text.trim());
  } catch (e) {
    return { error: (e instanceof Error ? e.message : String(e)).replace(/^Invalid regular expression: /, '') };
  }
}

/**
 * Stacks with a frame that `focus` matches and none that `ignore` does, by function or file, as pprof does. What is left
 * out is not in the sums. Cost: one match for each function and file.
 */
export function filterStacks(set: StackSet, focus: RegExp | null, ignore: RegExp | null): StackSet {
  if (!focus && !ignore) return set;
  const matches = (pattern: RegExp): boolean[] =>
    set.functions.map((f) => pattern.test(f.name) || (f.file !== '' && pattern.test(f.file)));
  const [kept, dropped] = [focus && matches(focus), ignore && matches(ignore)];
  return withStacks(
    set,
    set.stacks.filter((s) => (!kept || s.functions.some((f) => kept[f])) && !s.functions.some((f) => dropped?.[f])),
  );
}

/** The stacks that go through a function, with those of it at the leaf first told apart by `isLeaf`. */
export const stacksThrough = (set: StackSet, functionIx: number): readonly WeightedStack[] =>
  set.stacks.filter((s) => s.functions.includes(functionIx));

/** The first few of a list in an order, without sorting all of it: of 23,000 stacks five are shown. Cost: O(length × most) at worst. */
export function firstFew<T>(list: Iterable<T>, most: number, compare: (a: T, b: T) => number): readonly T[] {
  const kept: T[] = [];
  for (const item of list) {
    if (kept.length === most && compare(item, kept[most - 1]!) >= 0) continue;
    let at = kept.length;
    while (at > 0 && compare(item, kept[at - 1]!) < 0) at--;
    kept.splice(at, 0, item);
    if (kept.length > most) kept.pop();
  }
  return kept;
}

/** The longest of all occurrences of some stacks. */
export function longestOf(stacks: readonly WeightedStack[], most: number): readonly Occurrence[] {
  const length = (o: Occurrence): number => o.toNanos - o.fromNanos;
  return firstFew(
    (function* () {
      for (const s of stacks) yield* s.longest;
    })(),
    most,
    (a, b) => length(b) - length(a) || a.fromNanos - b.fromNanos || a.goroutine - b.goroutine,
  );
}

/** The stacks with most time. */
export const heaviestOf = (stacks: readonly WeightedStack[], most: number): readonly WeightedStack[] =>
  firstFew(stacks, most, (a, b) => b.nanos - a.nanos || b.count - a.count);
