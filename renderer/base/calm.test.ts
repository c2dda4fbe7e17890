import { effectScope, nextTick, ref } from 'vue';
import { expect, it } from 'vitest';
import { atBeat, calm, notAtBeat } from './calm';
import { busyReasons, idle } from './idle';

it('follows a value at the beat, to the last of it, and the page is busy until then', async () => {
  const scope = effectScope();
  const source = ref(0);
  const shown = scope.run(() => calm(() => source.value))!;
  const seen = [shown.value];
  for (let i = 1; i <= 50; i++) {
    source.value = i;
    await nextTick();
    if (seen.at(-1) !== shown.value) seen.push(shown.value);
  }
  expect(busyReasons()).toContain('figures');
  await idle();
  expect(shown.value).toBe(50);
  expect(seen.length).toBeLessThan(5);
  scope.stop();
  source.value = 99;
  await idle();
  expect(shown.value).toBe(50);
});

it('calls once for many requests, and not what was taken back', async () => {
  const called: string[] = [];
  const one = (): void => void called.push('one');
  const two = (): void => void called.push('two');
  atBeat(one);
  atBeat(two);
  atBeat(one);
  notAtBeat(two);
  await idle();
  expect(called).toEqual(['one']);
});
