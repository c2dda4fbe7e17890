// Memory of the process of the trace in front, looked at now and then while somebody can see it.
import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import type { Bytes, TraceId } from '../../contract/units';

/** Rarely, for an app that is idle should do next to nothing. */
const EVERY_MS = 5000;

/** Null: there is no such process, or it was not looked at yet. */
export function useEngineMemory(traceId: () => TraceId | null): ShallowRef<Bytes | null> {
  const bytes = shallowRef<Bytes | null>(null);
  async function look(): Promise<void> {
    const id = traceId();
    const found = id === null ? null : await window.shell.readMemory({ traceId: id }).catch(() => null);
    if (id === traceId()) bytes.value = found;
  }
  const timer = setInterval(() => {
    if (!document.hidden) void look();
  }, EVERY_MS);
  watch(
    traceId,
    () => {
      bytes.value = null;
      void look();
    },
    { immediate: true },
  );
  onBeforeUnmount(() => clearInterval(timer));
  return bytes;
}
