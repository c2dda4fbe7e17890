// Entry of the utility process: one for each open trace, and the only place where the native addon is loaded.
// Argument 1: the trace's path, 2: memory budget in MiB or an empty
// string, 3: which of the file's traces, from 1, 4: the program whose names it takes, or an empty string. Ports come as
// messages; each is served. With `--cache WORK` it is the helper that looks after the cache of indexes instead.
import { createRequire } from 'node:module';
import path from 'node:path';
import { EXIT_NO_ADDON } from '../../contract/errors';
import { mainWire, serve } from '../../contract/rpc';
import { cacheAnswer } from './cache';
import type { Addon } from './engine';
import { capMemory } from './memory-cap';
import { servedApi, traceApi } from './trace-shapes';

/** Electron's end of the line to main; declared here because this process knows nothing else of Electron. */
interface ParentPort {
  on(event: 'message', listener: (e: { ports: Parameters<typeof mainWire>[0][] }) => void): void;
  postMessage(message: unknown): void;
}
const { parentPort } = process as unknown as { parentPort: ParentPort };

const [tracePath = '', memoryMb = '', section = '1', binary = ''] = process.argv.slice(2);
// The bundler puts the addon beside the folder of main's scripts.
const addon = loadAddon(path.join(__dirname, '..', 'native', 'native-parse.node'));

if (tracePath === '--cache') parentPort.postMessage(cacheAnswer(addon, memoryMb));
else serveTrace();

/** An addon of another system or version cannot be loaded: the page says so, the log has the loader's own words. */
function loadAddon(file: string): Addon {
  try {
    return createRequire(__filename)(file) as Addon;
  } catch (e) {
    process.stderr.write(`${(e as Error).message}\n`);
    return process.exit(EXIT_NO_ADDON);
  }
}

function serveTrace(): void {
  capMemory();
  const engine = new addon.TraceEngine(
    tracePath,
    memoryMb === '' ? null : Number(memoryMb),
    Number(section),
    binary === '' ? null : binary,
  );
  const api = servedApi(traceApi(engine));
  parentPort.on('message', (e) => {
    const [port] = e.ports;
    if (port) serve(mainWire(port), api);
  });
}
