// Entry of the utility process: one for each open trace, and the only place where the native addon is loaded.
// It is started without one, perhaps ahead of time, says that it stands, and gets an order to open a trace, once, with the
// first port. Ports come as messages; each is served. With `--cache WORK` it is the helper that looks after the cache of
// indexes instead.
import { createRequire } from 'node:module';
import path from 'node:path';
import { ENGINE_OPENS, ENGINE_READY, type OpenOrder } from '../../contract/engine-process';
import { EXIT_NO_ADDON } from '../../contract/errors';
import { mainWire, serve } from '../../contract/rpc';
import { cacheAnswer } from './cache';
import type { Addon } from './engine';
import { capMemory } from './memory-cap';
import { TraceHost } from './trace-host';
import { PICTURE_METHODS, servedApi, traceApi } from './trace-shapes';

/** Electron's end of the line to main; declared here because this process knows nothing else of Electron. */
interface ParentPort {
  on(
    event: 'message',
    listener: (e: { data: OpenOrder | null; ports: Parameters<typeof mainWire>[0][] }) => void,
  ): void;
  postMessage(message: unknown): void;
}
const { parentPort } = process as unknown as { parentPort: ParentPort };

const [what, work = ''] = process.argv.slice(2);
// The bundler puts the addon beside the folder of main's scripts.
const addon = loadAddon(path.join(__dirname, '..', 'native', 'native-parse.node'));

if (what === '--cache') parentPort.postMessage(cacheAnswer(addon, work));
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
  let api: ReturnType<typeof servedApi> | null = null;
  parentPort.on('message', ({ data: order, ports: [port] }) => {
    if (order) {
      parentPort.postMessage(ENGINE_OPENS);
      api ??= open(order);
    }
    if (port && api) serve(mainWire(port), api, PICTURE_METHODS);
  });
  parentPort.postMessage(ENGINE_READY);
}

/** Opens a trace and begins to read it: the page asks for that as soon as it has its port. */
function open({ path: tracePath, section, binary, memoryMb, cacheMb }: OpenOrder): ReturnType<typeof servedApi> {
  capMemory();
  // N.B. the engine reads it from the environment.
  if (cacheMb !== null) process.env['TRACEWELL_CACHE_MB'] = String(cacheMb);
  const host = new TraceHost(new addon.TraceEngine(tracePath, memoryMb, section, binary));
  host.begin();
  return servedApi(traceApi(host));
}
