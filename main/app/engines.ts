// The processes that read traces: what they are forked with.
import { MessageChannelMain, utilityProcess } from 'electron';
import path from 'node:path';
import type { Settings } from '../../contract/settings';
import { HostManager, type EngineProcess, type HostParts } from './host-manager';
import { SpareEngine } from './spare-engine';

export interface EngineParts extends Pick<HostParts, 'givePort' | 'onExit'> {
  settings(): Settings;
  /** Bytes of all traces that are read or were; null: nobody will open another. */
  openBytes(): number | null;
}

/** With more than this open, memory is worth more than the tenth of a second that an engine takes to stand. */
const MOST_OPEN_BYTES = 64e6;

const fork = (): EngineProcess =>
  utilityProcess.fork(path.join(__dirname, 'host.cjs'), [], { serviceName: 'Tracewell engine', stdio: 'inherit' });

function after(ms: number, f: () => void): () => void {
  const timer = setTimeout(f, ms);
  return () => clearTimeout(timer);
}

export interface Engines {
  readonly hosts: HostManager;
  readonly spare: SpareEngine;
}

export function makeEngines({ settings, openBytes, givePort, onExit }: EngineParts): Engines {
  const isWanted = process.env['TRACEWELL_SPARE'] !== '0';
  const pays = (): boolean => isWanted && (openBytes() ?? Infinity) <= MOST_OPEN_BYTES;
  const spare = new SpareEngine({ fork, after, pays });
  const hosts = new HostManager({
    fork,
    spare,
    after,
    settings: () => ({ memoryMb: memoryMb(settings()), cacheMb: cacheMb(settings()) }),
    makeChannel: () => new MessageChannelMain(),
    givePort,
    onExit,
    now: () => Date.now(),
  });
  return { hosts, spare };
}

const ofEnv = (name: string): number | null => {
  const text = process.env[name];
  return text === undefined || text === '' ? null : Number(text);
};

/** The budget of an engine: what the environment says, what the settings say, else its own default. */
const memoryMb = (settings: Settings): number | null => ofEnv('TRACEWELL_MEMORY_MB') ?? settings.memoryMb;

/** The limit of the cache, by the same order. */
const cacheMb = (settings: Settings): number | null => ofEnv('TRACEWELL_CACHE_MB') ?? settings.cacheMb;

/** The environment of a helper is ours, with the limit of the cache. */
export function engineEnv(settings: Settings): Record<string, string> {
  const limit = cacheMb(settings);
  return {
    ...(process.env as Record<string, string>),
    ...(limit === null ? {} : { TRACEWELL_CACHE_MB: String(limit) }),
  };
}
