import { expect, it } from 'vitest';
import { effectScope, nextTick, shallowRef, watch } from 'vue';
import { idle } from '../base/idle';
import { useGrowing } from './use-growing';

it('a list grows to its whole, a part a task, and another begins anew', async () => {
  const list = shallowRef<readonly number[]>(Array.from({ length: 25 }, (_, i) => i));
  const scope = effectScope();
  const drawn = scope.run(() => useGrowing(() => list.value, 10))!;
  const seen = [drawn.value];
  const stop = watch(drawn, (n) => seen.push(n), { flush: 'sync' });
  await idle();
  stop();
  expect(seen).toEqual([0, 10, 20, 25]);
  list.value = [1, 2, 3];
  await nextTick();
  expect(drawn.value).toBe(0);
  await idle();
  expect(drawn.value).toBe(3);
  list.value = [];
  await idle();
  expect(drawn.value).toBe(0);
  scope.stop();
});
