// The road from the shell to the stores: the preload hands a MessagePort for a TraceId to the page, the page's entry
// calls `acceptPort`, and the trace's client, whether it asked before or asks later, gets it.

import type { TraceId } from '../../contract/units';

export interface PortListener {
  onPort(port: MessagePort): void;
  onExit(code: number): void;
}

interface Slot {
  port: MessagePort | null;
  listener: PortListener | null;
}

const slots = new Map<TraceId, Slot>();

function slotOf(traceId: TraceId): Slot {
  let s = slots.get(traceId);
  if (!s) slots.set(traceId, (s = { port: null, listener: null }));
  return s;
}

/** A port to the process of this trace; a second one means that the process was started again. */
export function acceptPort(traceId: TraceId, port: MessagePort): void {
  const s = slotOf(traceId);
  s.port = port;
  s.listener?.onPort(port);
}

/** The process of this trace has ended, with its exit code; calls that are open will never be answered. */
export function onEngineExit(traceId: TraceId, code: number): void {
  const s = slotOf(traceId);
  s.port = null;
  s.listener?.onExit(code);
}

/** Listens for the port of a trace; one that came before is handed over at once. Returns the end of it, which also closes the port. */
export function listenForPort(traceId: TraceId, listener: PortListener): () => void {
  const s = slotOf(traceId);
  s.listener = listener;
  if (s.port) listener.onPort(s.port);
  return () => {
    if (s.listener !== listener) return;
    s.port?.close();
    slots.delete(traceId);
  };
}
