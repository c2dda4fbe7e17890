// What people read need not follow each frame of a motion: texts that change sixty times a second cost layout and paint,
// and nobody can read them. They follow at a beat of their own, all together, and always come to the last value.

import { onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue';
import { trackBusy } from './idle';

/** Ten times a second: a figure can just be read. */
export const BEAT_MS = 100;

const due = new Set<() => void>();
let lastMs = -Infinity;
let end: (() => void) | null = null;

function beat(): void {
  lastMs = performance.now();
  const all = [...due];
  due.clear();
  const done = end;
  end = null;
  for (const f of all) f();
  done?.();
}

/** Calls a function at the next beat: at once after the current task when the last one is long ago. Once, however often it is asked for. */
export function atBeat(f: () => void): void {
  due.add(f);
  if (end !== null) return;
  end = trackBusy('figures');
  setTimeout(beat, Math.max(0, lastMs + BEAT_MS - performance.now()));
}

/** Takes back what was asked for. */
export const notAtBeat = (f: () => void): void => void due.delete(f);

/** A value that follows its source at the beat. Call in a component's set-up. */
export function calm<T>(source: () => T): Readonly<ShallowRef<T>> {
  const shown = shallowRef(source());
  const follow = (): void => {
    shown.value = source();
  };
  watch(source, () => atBeat(follow), { flush: 'sync' });
  onScopeDispose(() => notAtBeat(follow));
  return shallowReadonly(shown);
}
