// What main and the process of a trace say to each other, beside the ports that main hands it.

/** With the first port that a process gets: which trace it reads from now on, and by which settings. */
export interface OpenOrder {
  readonly path: string;
  /** Which of the file's traces, from 1. */
  readonly section: number;
  /** The program that names are taken from. */
  readonly binary: string | null;
  /** Budget of the engine's caches, in MiB; null: its own default. */
  readonly memoryMb: number | null;
  /** Limit of what is kept of all traces, in MiB (`TRACEWELL_CACHE_MB`); null: what the environment says. */
  readonly cacheMb: number | null;
}

/** The process has loaded the engine and waits for an order. */
export const ENGINE_READY = 'ready';
/** It has its order. */
export const ENGINE_OPENS = 'opens';
