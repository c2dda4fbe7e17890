// The capture under way, and how the last one ended. Module-wide: the page may be left and come back to.
import { onBeforeUnmount, onMounted, reactive, shallowRef } from 'vue';
import type { CaptureEnd, CaptureLimits, CaptureProgress, CaptureSource } from '../../../contract/capture-api';
import { trackBusy } from '../../base/idle';
import { emptyFields } from './capture-form';

const progress = shallowRef<CaptureProgress | null>(null);
const end = shallowRef<CaptureEnd | null>(null);
let listening = false;
/** What was filled in last, until the app ends: a capture is often taken again. Headers are in no file. */
const fields = reactive(emptyFields());

/** An address that was asked for elsewhere (a paste, the command Open address…): the page takes it into its form. */
export const wantedAddress = shallowRef<string | null>(null);
export const wantAddress = (url: string): void => void (wantedAddress.value = url);

function listen(): void {
  if (listening) return;
  listening = true;
  window.shell.on('captureProgress', (p) => (progress.value = p));
  window.shell.on('captureEnd', (e) => {
    progress.value = null;
    end.value = e;
  });
}

export interface SavePlace {
  readonly saveId: number;
  readonly displayPath: string;
}

export function useCapture() {
  const failure = shallowRef<string | null>(null);
  let mounted = false;
  onMounted(() => {
    mounted = true;
    listen();
  });
  onBeforeUnmount(() => (mounted = false));

  async function start(source: CaptureSource, limits: CaptureLimits, save: SavePlace | null): Promise<void> {
    const done = trackBusy('capture-start');
    failure.value = null;
    end.value = null;
    try {
      await window.shell.startCapture({ source, limits, saveId: save?.saveId ?? null });
    } catch (e) {
      if (mounted) failure.value = (e as Error).message.replace(/^Error invoking [^:]*: (Error: )?/, '');
    } finally {
      done();
    }
  }

  function cancel(): void {
    if (progress.value) void window.shell.cancelCapture({ captureId: progress.value.captureId });
  }

  return { fields, progress, end, failure, start, cancel };
}
