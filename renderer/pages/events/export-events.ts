// The events that are found as a file: the engine writes the lines, a piece at a time.
import { shallowRef, type ShallowRef } from 'vue';
import { trackBusy } from '../../base/idle';
import type { TraceClient } from '../../trace/trace-client';
import type { ExportProgress, TextSink } from '../../widgets/table/use-table';

export interface EventExport {
  /** How many rows are written; null when none are. */
  readonly exporting: Readonly<ShallowRef<ExportProgress | null>>;
  /** Writes all rows of an open table. Errors: those of the engine and the sink; then nothing is left of the file. */
  run(tableId: number, all: number, format: 'csv' | 'jsonl', sink: TextSink): Promise<void>;
  cancel(): void;
}

export function useEventExport(ask: TraceClient['ask']): EventExport {
  const exporting = shallowRef<ExportProgress | null>(null);
  let cancelled = false;
  return {
    exporting,
    async run(tableId, all, format, sink) {
      if (exporting.value) return;
      cancelled = false;
      exporting.value = { done: 0, all };
      const done = trackBusy('export');
      let whole = false;
      try {
        for (let from: number | null = 0; from !== null && !cancelled;) {
          const piece = await ask.readEventText({ tableId, from, format });
          await sink.write(piece.text);
          from = piece.next;
          exporting.value = { done: from ?? all, all };
        }
        whole = !cancelled;
      } finally {
        exporting.value = null;
        done();
        await sink.end(whole);
      }
    },
    cancel: () => void (cancelled = true),
  };
}
