// The addon's answers to questions of pages, as the host asks them, and the goldens that they are compared with.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TraceEngine } from '../../main/host/engine';
import type { CallContext } from '../../contract/rpc';
import type { TraceApi } from '../../contract/trace-api';
import { TraceHost } from '../../main/host/trace-host';
import { servedApi, traceApi } from '../../main/host/trace-shapes';

type Addon = typeof import('../../native-parse/dist/index.js');
export const root = path.resolve(__dirname, '../..');
const addon = createRequire(__filename)(path.join(root, 'native-parse/dist/native-parse.node')) as Addon;

export const WHOLE = { window: null } as const;
export const quiet: CallContext = { signal: new AbortController().signal, progress: () => undefined };

export const tracePath = (name: string): string => path.join(root, 'tests/fixtures/traces', `${name}.trace`);

/** A trace that was read to its end. */
export async function openTrace(file: string, memoryMb = 64): Promise<TraceApi> {
  const api = servedApi(traceApi(new TraceHost(new addon.TraceEngine(file, memoryMb) as TraceEngine)));
  await api.index(null, quiet);
  return api;
}

/** A golden of a trace in the fixtures; undefined when there is none. */
export function golden<T>(name: string, kind: '' | '.right'): T | undefined {
  const file = path.join(root, 'tests/fixtures/goldens', `${name}${kind}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  if (existsSync(`${file}.gz`)) return JSON.parse(gunzipSync(readFileSync(`${file}.gz`)).toString()) as T;
  return undefined;
}

/** An answer of the command line. */
export function verb<T>(...words: string[]): T {
  const out = execFileSync(path.join(root, 'bin/tracewell'), words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(out) as T;
}

/** A long list as `NAME.right.json` keeps it. */
export interface Listed {
  readonly n: number;
  readonly sha256: string;
}

/** The hash of rows that are already in the golden's order. */
export const hashOf = (rows: readonly unknown[]): string =>
  createHash('sha256')
    .update(rows.map((r) => JSON.stringify(r)).join('\n'))
    .digest('hex');

/** Text order by code points, as Python has it. */
export const byText = (a: string, b: string): number => {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const d = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (d !== 0) return d;
  }
  return x.length - y.length;
};

/** Every row of a table that was opened. */
export async function allRows<T>(api: TraceApi, tableId: number, count: number): Promise<T[]> {
  const rows: T[] = [];
  while (rows.length < count)
    rows.push(...((await api.readRows({ tableId, from: rows.length, count: 500 }, quiet)) as T[]));
  return rows;
}
