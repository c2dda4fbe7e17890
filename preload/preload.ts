// Sandboxed preload: exposes ShellApi by name and passes ports on. No logic.
// Bundled to one CommonJS file; only `electron` may be required.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  SHELL_CALL,
  SHELL_EVENT,
  SHELL_EVENTS,
  SHELL_METHODS,
  TRACE_PORT,
  type TracePortMessage,
} from '../contract/shell-api';

type Listener = (value: unknown) => void;
const listeners = new Map<string, Set<Listener>>(SHELL_EVENTS.map((event) => [event, new Set()]));

ipcRenderer.on(SHELL_EVENT, (_e, event: string, value: unknown) => {
  for (const listener of listeners.get(event) ?? []) listener(value);
});

// A MessagePort cannot cross contextBridge; window.postMessage hands it over by transfer.
ipcRenderer.on(TRACE_PORT, (e, traceId: number) => {
  const [port] = e.ports;
  if (port) window.postMessage({ tag: TRACE_PORT, traceId } satisfies TracePortMessage, window.location.origin, [port]);
});

const calls = Object.fromEntries(
  SHELL_METHODS.map((method) => [method, (input: unknown) => ipcRenderer.invoke(SHELL_CALL, method, input)]),
);

contextBridge.exposeInMainWorld('shell', {
  ...calls,
  on: (event: string, listener: Listener) => {
    listeners.get(event)?.add(listener);
    return () => listeners.get(event)?.delete(listener);
  },
  // N.B. before Electron 32 there is no webUtils, and a file carries its path itself.
  pathOfFile: (file: File & { path?: string }) =>
    (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? file.path ?? '',
});
