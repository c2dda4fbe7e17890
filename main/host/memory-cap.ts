// The last line of defence against a trace that needs more memory than there is: the engine ends itself, with a code of
// its own, before the system begins to end other programs. The budget of the caches is another thing: that is kept.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { EXIT_OUT_OF_MEMORY } from '../../contract/errors';

const LOOK_EVERY_MS = 1000;
/** An engine may always have this much, however small the machine. */
const LEAST_CAP_BYTES = 2 ** 30;

/** Half of the machine's memory. `asked`, in MiB, for tests and for machines with little. */
export function capBytes(totalBytes: number, asked: string | undefined): number {
  const mib = Number(asked);
  return mib > 0 ? mib * 2 ** 20 : Math.max(LEAST_CAP_BYTES, totalBytes / 2);
}

/**
 * What this process holds that is not a page of a file, in bytes: those of the mapped trace are given back by the system
 * when it needs them. Systems that do not tell the two apart answer both.
 */
export function ownBytes(): number {
  try {
    const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss();
}

interface Parts {
  readonly cap: number;
  readonly own: () => number;
  readonly end: (code: number) => void;
}

/** One look. */
export function look({ cap, own, end }: Parts): void {
  const bytes = own();
  if (bytes <= cap) return;
  const mib = (n: number): string => `${Math.round(n / 2 ** 20)} MiB`;
  process.stderr.write(`the engine held ${mib(bytes)}, of at most ${mib(cap)}, and was ended\n`);
  end(EXIT_OUT_OF_MEMORY);
}

/** Looks each second from now on; costs one small file of the system's. */
export function capMemory(): void {
  const parts: Parts = {
    cap: capBytes(os.totalmem(), process.env['TRACEWELL_ENGINE_CAP_MB']),
    own: ownBytes,
    end: (code) => process.exit(code),
  };
  setInterval(() => look(parts), LOOK_EVERY_MS).unref();
}
