// Starts, watches and ends the utility process of each open trace and hands the page a port to it.
// Types of Electron only: the real ones are put in by app/start.ts, tests put in their own.
import type { MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron';
import { ENGINE_OPENS, type OpenOrder } from '../../contract/engine-process';
import type { TraceExit } from '../../contract/shell-api';
import type { TraceId } from '../../contract/units';
import type { SpareEngine } from './spare-engine';

/** An engine that ended this often within RESTART_WINDOW_MS is not started again. */
export const MAX_EXITS = 3;
export const RESTART_WINDOW_MS = 60_000;

/** A process that was started ahead answers its order by then, or another takes its place. */
export const SPARE_ANSWERS_WITHIN_MS = 2000;

export type EngineProcess = Pick<UtilityProcess, 'postMessage' | 'on' | 'once' | 'kill' | 'pid'>;

export interface HostParts {
  /** A process that waits for its order. */
  fork(): EngineProcess;
  /** One that was started ahead. */
  readonly spare: Pick<SpareEngine, 'take' | 'later' | 'drop'>;
  /** Calls back later; what it returns takes that back. */
  after(ms: number, f: () => void): () => void;
  /** With what settings a trace is read now. */
  settings(): Pick<OpenOrder, 'memoryMb' | 'cacheMb'>;
  makeChannel(): Pick<MessageChannelMain, 'port1' | 'port2'>;
  /** Hands the page its end. */
  givePort(traceId: TraceId, port: MessagePortMain): void;
  onExit(exit: TraceExit): void;
  now(): number;
}

interface Host {
  process: EngineProcess | null;
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
    const spare = this.#parts.spare.take();
    const order: OpenOrder = { path: tracePath, section, binary, ...this.#parts.settings() };
    this.#give(traceId, host, spare ?? this.#parts.fork(), order, spare !== null);
    this.#parts.spare.later();
  }

  /**
   * Has a process read a trace. `wasSpare`: it stood by itself for a while; when it ends or hangs before it takes the order, a
   * new one takes its place, for the trace has nothing to do with it.
   */
  #give(traceId: TraceId, host: Host, child: EngineProcess, order: OpenOrder, wasSpare: boolean): void {
    host.process = child;
    let opens = !wasSpare;
    const replace = (): void => {
      this.#end(host);
      this.#give(traceId, host, this.#parts.fork(), order, false);
    };
    const cancel = wasSpare
      ? this.#parts.after(SPARE_ANSWERS_WITHIN_MS, () => host.process === child && replace())
      : () => undefined;
    child.on('message', (message: unknown) => {
      if (message !== ENGINE_OPENS) return;
      opens = true;
      cancel();
    });
    child.once('exit', (code: number) => {
      cancel();
      if (host.process !== child) return; // ended by us
      if (!opens) return replace();
      host.process = null;
      host.exitsAtMs.push(this.#parts.now());
      this.#parts.onExit({ traceId, code, canReopen: this.#mayRestart(host) });
    });
    const { port1, port2 } = this.#parts.makeChannel();
    child.postMessage(order, [port1]);
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
    this.#parts.spare.later();
  }

  stopAll(): void {
    for (const host of this.#hosts.values()) this.#end(host);
    this.#parts.spare.drop();
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
