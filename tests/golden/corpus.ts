// The fixtures, their goldens, and the command line that is asked. Formats: tests/fixtures/README.md.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = path.resolve(__dirname, '../..');
const fixtures = path.join(root, 'tests/fixtures');

/** Names of the traces of a folder of fixtures, without `.trace`. */
export function tracesIn(folder: 'traces' | 'broken'): string[] {
  return readdirSync(path.join(fixtures, folder))
    .filter((name) => name.endsWith('.trace'))
    .map((name) => name.slice(0, -'.trace'.length))
    .sort();
}

export function tracePath(folder: 'traces' | 'broken' | 'legacy' | 'pairs', name: string): string {
  return path.join(fixtures, folder, `${name}.trace`);
}

/** A golden's text, packed or not; null when this trace has none of that kind. */
export function goldenText(name: string, suffix: '.json' | '.events.jsonl' | '.right.json'): string | null {
  const file = path.join(fixtures, 'goldens', name + suffix);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  return existsSync(`${file}.gz`) ? gunzipSync(readFileSync(`${file}.gz`)).toString('utf8') : null;
}

/** What the reference reader says of a trace: `reader` in NAME.json. */
export interface ReaderFacts {
  readonly ok: boolean;
  readonly usable: boolean;
  readonly events: number;
  readonly events_shown_by_go_tool_trace: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly syncs: readonly unknown[];
  readonly start_ns: number;
  readonly duration_ns: number;
  readonly procs: readonly number[];
  readonly threads: readonly number[];
  readonly goroutines: number;
  readonly dump: { readonly lines: number; readonly sha256_running_every_100000_lines_first_16_hex: readonly string[] };
}

export interface Facts {
  readonly header: string;
  readonly file: { readonly size: number };
  readonly reader: ReaderFacts;
}

export function factsOf(name: string): Facts | null {
  const text = goldenText(name, '.json');
  return text === null ? null : (JSON.parse(text) as Facts);
}

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What answers leave for the next time goes here, and not to the user's own folder. */
export const cacheDir = mkdtempSync(path.join(tmpdir(), 'tracewell-golden-'));
process.on('exit', () => rmSync(cacheDir, { recursive: true, force: true }));

/** Asks bin/tracewell, the way people do. */
export function ask(...words: readonly string[]): Promise<Answer> {
  const env = { ...process.env, TRACEWELL_CACHE_DIR: cacheDir };
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(root, 'bin/tracewell'), words, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') });
    });
  });
}

/** The answer to a question that must succeed. */
export async function answerTo(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await ask(...words);
  if (code !== 0) throw new Error(`tracewell ${words[0] ?? ''} ended with ${code ?? 'a signal'}: ${err.slice(-300)}`);
  return out;
}
