import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { answerTo, tracePath } from './corpus';

const file = tracePath('traces', 'go1.26-tasks');
const folder = mkdtempSync(path.join(tmpdir(), 'tracewell-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the command line says of what is written to it. */
function piped(bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(path.resolve(__dirname, '../../bin/tracewell'), ['goroutines', '-', '--groups']);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.on('error', reject);
    child.on('close', () => resolve(out));
    child.stdin.end(bytes);
  });
}

it('F7: a gzipped trace opens as it is, one that was packed in pieces too', async () => {
  const bytes = readFileSync(file);
  const plain = await answerTo('goroutines', file, '--groups');
  const half = bytes.length >> 1;
  const packed = [gzipSync(bytes), Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))])];
  for (const [i, content] of packed.entries()) {
    const name = path.join(folder, `${i}.trace.gz`);
    writeFileSync(name, content);
    expect(await answerTo('goroutines', name, '--groups')).toBe(plain);
  }
});

it('F7: a trace that is packed with zstd opens as it is, here in two frames', async () => {
  const packed = path.resolve(__dirname, '../fixtures/packed/go1.26-tasks.trace.zst');
  const plain = await answerTo('goroutines', file, '--groups');
  expect(await answerTo('goroutines', packed, '--groups')).toBe(plain);
  expect(await piped(readFileSync(packed))).toBe(plain);
});

it('F21: - reads standard input, packed or not', async () => {
  const bytes = readFileSync(file);
  const plain = await answerTo('goroutines', file, '--groups');
  expect(await piped(bytes)).toBe(plain);
  expect(await piped(gzipSync(bytes))).toBe(plain);
});
