// A profile of a part of the trace: asked, filtered by regular expression, summed up by function, with what is selected.

import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { Profile, ProfileQuestion } from '../../../contract/answers';
import { ownTask } from '../../base/own-task';
import {
  filterStacks,
  NO_STACK,
  parsePattern,
  setOfPart,
  stacksThrough,
  type StackSet,
  type Weight,
  type WeightedStack,
} from '../../profile-views/model/stack-set';
import { topRows, type TopRow } from '../../profile-views/model/top';
import type { TraceStore } from '../../trace/trace-store';
import { useAnswer, type Answer } from '../../trace/use-answer';
import { countOnly, type ProfileKind } from './profile-kinds';
import { profileScope, scopeOfArg, type ScopeChoice } from './scope';

export interface ProfileState {
  /** What the user chose. */
  readonly scope: ShallowRef<ScopeChoice>;
  readonly side: ShallowRef<'waiter' | 'waker'>;
  readonly chosenPart: ShallowRef<'ended' | 'still'>;
  readonly chosenWeight: ShallowRef<Weight>;
  readonly focusText: ShallowRef<string>;
  readonly ignoreText: ShallowRef<string>;
  /** What there is then. `question` null: the scope is not told whole yet. */
  readonly question: ComputedRef<ProfileQuestion | null>;
  readonly answer: Answer<Profile>;
  readonly weight: ComputedRef<Weight>;
  /** Of the part, and of it what the filters leave. */
  readonly whole: ComputedRef<StackSet | null>;
  readonly set: ComputedRef<StackSet | null>;
  /** What is wrong with the patterns; empty: nothing. */
  readonly focusError: ComputedRef<string>;
  readonly ignoreError: ComputedRef<string>;
  /** The set by function. */
  readonly rows: ComputedRef<readonly TopRow[]>;
  /** The row that is selected. It is kept by name: another scope has other numbers. */
  readonly row: ComputedRef<TopRow | null>;
  /** The share of all that has no stack: its time is known, where it was spent is not. */
  readonly withoutStack: ComputedRef<number>;
  /** Stacks of the selection; all without one. */
  readonly stacks: ComputedRef<readonly WeightedStack[]>;
  select(functionIx: number | null, stacks?: readonly number[] | null): void;
  selectName(name: string | null): void;
  focusOn(name: string | undefined): void;
  ignoreSelected(): void;
  clearFilters(): void;
}

const exactly = (name: string): string => `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
type Pattern = ReturnType<typeof parsePattern>;
const errorOf = (p: Pattern): string => (p && 'error' in p ? p.error : '');
const asRegExp = (p: Pattern): RegExp | null => (p instanceof RegExp ? p : null);

/** Call in set-up. `arg`: the page's, see scope.ts. */
export function useProfile(store: TraceStore, kind: ProfileKind, arg: string | null): ProfileState {
  const scope = shallowRef<ScopeChoice>(scopeOfArg(arg));
  const side = shallowRef<'waiter' | 'waker'>('waiter');
  const chosenPart = shallowRef<'ended' | 'still'>('ended');
  const chosenWeight = shallowRef<Weight>('delay');
  const focusText = shallowRef('');
  const ignoreText = shallowRef('');
  const selected = shallowRef<string | null>(null);
  /** Places in `set` of the stacks that were selected by themselves: a box of the flame graph. */
  const chosenStacks = shallowRef<readonly number[] | null>(null);

  const question = computed<ProfileQuestion | null>(() => {
    const of = profileScope(scope.value, store.scopeWindow);
    return of && { profile: kind.profile, scope: of, side: kind.profile === 'sched' ? side.value : 'waiter' };
  });
  const answer = useAnswer(store, () => {
    const q = question.value;
    return q && ((ask, o) => ask.readProfile(q, o));
  });
  const profile = answer.value;

  const part = computed(() =>
    profile.value?.still.count || profile.value?.still.delayNanos ? chosenPart.value : 'ended',
  );
  const whole = computed(() => profile.value && setOfPart(profile.value.frames, profile.value[part.value]));
  const focus = computed(() => parsePattern(focusText.value));
  const ignore = computed(() => parsePattern(ignoreText.value));
  const kept = computed(() => whole.value && filterStacks(whole.value, asRegExp(focus.value), asRegExp(ignore.value)));

  // Of thousands of stacks the sums take a while: a task of their own, before that in which they are drawn.
  const summed = shallowRef<{ readonly set: StackSet; readonly rows: readonly TopRow[] } | null>(null);
  const summing = ownTask('functions', () => {
    chosenStacks.value = null;
    summed.value = kept.value && { set: kept.value, rows: topRows(kept.value) };
  });
  watch(kept, () => summing.request(), { immediate: true });
  onScopeDispose(() => summing.cancel());
  const set = computed(() => summed.value?.set ?? null);
  const rows = computed(() => summed.value?.rows ?? []);

  const row = computed(() => rows.value.find((r) => r.name === selected.value) ?? null);
  const stacks = computed<readonly WeightedStack[]>(() => {
    const of = set.value;
    if (!of) return [];
    if (chosenStacks.value) return chosenStacks.value.flatMap((i) => of.stacks[i] ?? []);
    return row.value ? stacksThrough(of, row.value.functionIx) : of.stacks;
  });
  const withoutStack = computed(() => {
    const r = rows.value.find((x) => x.name === NO_STACK);
    const all = set.value ? (countOnly(kind) ? set.value.count : set.value.nanos) : 0;
    return r && all > 0 ? (countOnly(kind) ? r.cumCount : r.cumNanos) / all : 0;
  });

  return {
    scope,
    side,
    chosenPart,
    chosenWeight,
    focusText,
    ignoreText,
    question,
    answer,
    weight: computed(() => (countOnly(kind) ? 'count' : chosenWeight.value)),
    whole,
    set,
    focusError: computed(() => errorOf(focus.value)),
    ignoreError: computed(() => errorOf(ignore.value)),
    rows,
    row,
    withoutStack,
    stacks,
    select(functionIx, of = null) {
      selected.value = functionIx === null ? null : (set.value?.functions[functionIx]?.name ?? null);
      chosenStacks.value = of;
    },
    selectName(name) {
      selected.value = name;
      chosenStacks.value = null;
    },
    focusOn(name) {
      if (name) focusText.value = exactly(name);
    },
    ignoreSelected() {
      if (!row.value) return;
      const one = exactly(row.value.name);
      ignoreText.value = ignoreText.value ? `${ignoreText.value}|${one}` : one;
      selected.value = null;
    },
    clearFilters() {
      focusText.value = ignoreText.value = '';
    },
  };
}
