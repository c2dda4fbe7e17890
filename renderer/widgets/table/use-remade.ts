// A table whose columns depend on what its rows hold: made anew when that is another, with what it watches.

import { effectScope, onScopeDispose, shallowRef, watch, type EffectScope, type ShallowRef } from 'vue';

/** `make` is called in a scope of its own each time `key` is another; what it made before ends. */
export function useRemade<T>(key: () => string, make: () => T): Readonly<ShallowRef<T>> {
  let scope: EffectScope | null = null;
  const run = (): T => {
    scope?.stop();
    scope = effectScope(true);
    return scope.run(make)!;
  };
  const made = shallowRef(run()) as ShallowRef<T>;
  watch(key, () => (made.value = run()));
  onScopeDispose(() => scope?.stop());
  return made;
}
