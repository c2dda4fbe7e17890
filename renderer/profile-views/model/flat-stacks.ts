// Stacks as they go to the thread that works out the call graph: numbers in a row, which are handed over at the cost of
// copying them. Pure.

import { weightOf, type StackSet, type Weight } from './stack-set';

export interface FlatStacks {
  /** Of functions, by their numbers. */
  readonly names: readonly string[];
  /** Functions of all stacks, one stack behind the other, each leaf first. */
  readonly functions: Int32Array;
  /** Where each stack ends in `functions`. */
  readonly ends: Uint32Array;
  /** Of each stack: ns, or how many. */
  readonly weights: Float64Array;
}

/** `nameOf`: as the boxes name a function. Cost: O(frames of all stacks). */
export function flatStacks(
  set: StackSet,
  weight: Weight,
  nameOf: (name: string, functionIx: number) => string = (name) => name,
): FlatStacks {
  const ends = new Uint32Array(set.stacks.length);
  let length = 0;
  set.stacks.forEach((s, i) => (ends[i] = length += s.functions.length));
  const functions = new Int32Array(length);
  set.stacks.forEach((s, i) => functions.set(s.functions, i > 0 ? ends[i - 1] : 0));
  return {
    names: set.functions.map((f, ix) => nameOf(f.name, ix)),
    functions,
    ends,
    weights: Float64Array.from(set.stacks, (s) => weightOf(s, weight)),
  };
}
