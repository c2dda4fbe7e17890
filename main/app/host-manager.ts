// Starts, watches and ends the utility process of each open trace and hands the page a port to it.
// Types of Electron only: the real ones are put in by app/start.ts, tests put in their own.
import type { MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron';
import type { TraceExit } from '../../contract/shell-api';
import type { TraceId } from '../../contract/units';

/** An engine that ended this often within RESTART_WINDOW_MS is not started again. */
export const MAX_EXITS = 3;
export const RESTART_WINDOW_MS = 60_000;

export interface HostParts {
  fork(
    tracePath: string,
    section: number,
    binary: string | null,
  ): Pick<UtilityProcess, 'postMessage' | 'once' | 'kill' | 'pid'>;
  makeChannel(): Pick<MessageChannelMain, 'port1' | 'port2'>;
  /** Hands the page its end. */
  givePort(traceId: TraceId, port: MessagePortMain): void;
  onExit(exit: TraceExit): void;
  now(): number;
}

interface Host {
  process: ReturnType<HostParts['fork']> | null;
  exitsAtMs: number[];
}

export class HostManager {
  readonly #parts: HostParts;
  readonly #hosts = new Map<TraceId, Host>();

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  /** Starts an engine unless the trace's engines ended too often lately; then says so as an exit again. */
  start(traceId: TraceId, tracePath: string, section = 1, binary: string | null = null): void {
    const host = this.#hosts.get(traceId) ?? { process: null, exitsAtMs: [] };
    this.#hosts.set(traceId, host);
    this.#end(host);
    if (!this.#mayRestart(host)) {
      this.#parts.onExit({ traceId, code: 0, canReopen: false });
      return;
    }
    const child = this.#parts.fork(tracePath, section, binary);
    host.process = child;
    child.once('exit', (code: number) => {
      if (host.process !== child) return; // ended by us
      host.process = null;
      host.exitsAtMs.push(this.#parts.now());
      this.#parts.onExit({ traceId, code, canReopen: this.#mayRestart(host) });
    });
    const { port1, port2 } = this.#parts.makeChannel();
    child.postMessage(null, [port1]);
    this.#parts.givePort(traceId, port2);
  }

  /** Another port to an engine that runs, handed to the page under an id of its own. False: none runs. */
  connect(traceId: TraceId, viewId: TraceId): boolean {
    const child = this.#hosts.get(traceId)?.process;
    if (!child) return false;
    const { port1, port2 } = this.#parts.makeChannel();
    child.postMessage(null, [port1]);
    this.#parts.givePort(viewId, port2);
    return true;
  }

  /** The last exit had a cause outside the engine: it does not count against another start. */
  forgive(traceId: TraceId): void {
    this.#hosts.get(traceId)?.exitsAtMs.pop();
  }

  isRunning(traceId: TraceId): boolean {
    return (this.#hosts.get(traceId)?.process ?? null) !== null;
  }

  /** Ends the engine; the trace may be started again. */
  stop(traceId: TraceId): void {
    const host = this.#hosts.get(traceId);
    if (host) this.#end(host);
  }

  /** Ends the engine for good and forgets the trace. */
  forget(traceId: TraceId): void {
    this.stop(traceId);
    this.#hosts.delete(traceId);
  }

  stopAll(): void {
    for (const host of this.#hosts.values()) this.#end(host);
  }

  /** The process ids of the engines that run, by trace. */
  pids(): Map<TraceId, number> {
    const pids = new Map<TraceId, number>();
    for (const [traceId, host] of this.#hosts) if (host.process?.pid) pids.set(traceId, host.process.pid);
    return pids;
  }

  #end(host: Host): void {
    const child = host.process;
    host.process = null;
    child?.kill();
  }

  #mayRestart(host: Host): boolean {
    const since = this.#parts.now() - RESTART_WINDOW_MS;
    host.exitsAtMs = host.exitsAtMs.filter((t) => t > since);
    return host.exitsAtMs.length < MAX_EXITS;
  }
}
