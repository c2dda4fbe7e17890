// The processes that read traces: what they are forked with.
import { MessageChannelMain, utilityProcess } from 'electron';
import path from 'node:path';
import type { Settings } from '../../contract/settings';
import { HostManager, type HostParts } from './host-manager';

export interface EngineParts extends Pick<HostParts, 'givePort' | 'onExit'> {
  settings(): Settings;
}

export const makeEngines = ({ settings, givePort, onExit }: EngineParts): HostManager =>
  new HostManager({
    fork: (tracePath, section, binary) =>
      utilityProcess.fork(
        path.join(__dirname, 'host.cjs'),
        [tracePath, memoryMb(settings()), String(section), binary ?? ''],
        { serviceName: `Tracewell engine: ${path.basename(tracePath)}`, stdio: 'inherit', env: engineEnv(settings()) },
      ),
    makeChannel: () => new MessageChannelMain(),
    givePort,
    onExit,
    now: () => Date.now(),
  });

/** An engine's environment is ours, with the limit of the cache: what the environment says, else the settings. */
export function engineEnv({ cacheMb }: Settings): Record<string, string> {
  const limit = process.env['TRACEWELL_CACHE_MB'] ?? (cacheMb === null ? null : String(cacheMb));
  return {
    ...(process.env as Record<string, string>),
    ...(limit === null ? {} : { TRACEWELL_CACHE_MB: limit }),
  };
}

/** The budget of an engine: what the environment says, what the settings say, else its own default (empty). */
const memoryMb = ({ memoryMb }: Settings): string =>
  process.env['TRACEWELL_MEMORY_MB'] ?? (memoryMb === null ? '' : String(memoryMb));
