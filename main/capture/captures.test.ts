import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_CAPTURE_LIMITS, type CaptureSource } from '../../contract/capture-api';
import { Captures } from './captures';
import { doneFiles, failed, takeIn, type How, type Seen } from './testing/take';

const sample = readFileSync(path.resolve(__dirname, '../../tests/fixtures/traces/go1.22-tiny.trace'));

/** A small disk of its own takes root, on Linux. */
const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const at = mkdtempSync(path.join(tmpdir(), 'tw-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
})();

let folder: string;
const servers: http.Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tw-capture-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const s of servers.splice(0)) {
    s.closeAllConnections();
    s.close();
  }
});

function serve(listener: RequestListener): Promise<string> {
  const server = http.createServer(listener);
  servers.push(server);
  return new Promise((ok) => {
    server.listen(0, '127.0.0.1', () => ok(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

const take = (source: CaptureSource, how: How = {}): Promise<Seen> => takeIn(folder, source, how);

const pprof = (url: string, more: object = {}): CaptureSource => ({
  kind: 'pprof',
  url,
  seconds: 1,
  withCpuSamples: false,
  ...more,
});
const from = (url: string): CaptureSource => ({ kind: 'url', url, method: 'GET', headers: [] });

/** All files under the folder, parts included. */
function left(dir = folder): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? left(path.join(dir, e.name)) : [e.name],
  );
}

describe('F12: from a running program', () => {
  test('asks the endpoint for so many seconds and saves what comes', async () => {
    const paths: string[] = [];
    const url = await serve((q, a) => {
      paths.push(q.url ?? '');
      a.end(sample);
    });
    const { end, progress } = await take(pprof(url));
    const [file = ''] = doneFiles(end);
    expect(readFileSync(file).equals(sample)).toBe(true);
    expect(paths).toEqual(['/debug/pprof/trace?seconds=1']);
    expect(progress.at(-1)?.expectedMs).toBe(1000);
    expect(left()).toEqual([path.basename(file)]);
  });

  test('takes host:port and the index page too', async () => {
    const paths: string[] = [];
    const url = await serve((q, a) => {
      paths.push(q.url ?? '');
      a.end(sample);
    });
    await take(pprof(url.replace('http://', '')));
    await take(pprof(`${url}/debug/pprof/`));
    expect(paths).toEqual(['/debug/pprof/trace?seconds=1', '/debug/pprof/trace?seconds=1']);
  });

  test.each([
    [404, 'page not found', 'NOT_FOUND', 'net/http/pprof'],
    [500, 'Could not enable tracing: tracing already enabled', 'BUSY', 'traced already'],
    [500, 'Could not enable tracing: execution tracer already enabled', 'BUSY', 'traced already'],
    [400, "profile duration exceeds server's WriteTimeout", 'HTTP', 'WriteTimeout'],
    [403, 'no', 'HTTP', 'does not let you in'],
  ])('answers %i in words', async (status, body, code, words) => {
    const url = await serve((_q, a) => {
      a.statusCode = status;
      a.end(body);
    });
    const end = failed((await take(pprof(url))).end);
    expect(end.code).toBe(code);
    expect(end.message).toContain(words);
    expect(left()).toEqual([]);
  });

  test('says that nothing listens', async () => {
    const url = await serve(() => undefined);
    const server = servers.pop();
    await new Promise((ok) => server?.close(ok));
    expect(failed((await take(pprof(url))).end)).toMatchObject({ code: 'REFUSED' });
  });

  test('F13: asks for a CPU profile at the same time, and says when it was refused', async () => {
    const paths: string[] = [];
    const url = await serve((q, a) => {
      paths.push((q.url ?? '').split('?')[0] ?? '');
      if (q.url?.includes('/profile')) {
        a.statusCode = 500;
        a.end('Could not enable CPU profiling: cpu profiling already in use');
      } else setTimeout(() => a.end(sample), 50);
    });
    const { end } = await take(pprof(url, { withCpuSamples: true }));
    expect(paths.sort()).toEqual(['/debug/pprof/profile', '/debug/pprof/trace']);
    expect(end.kind === 'done' ? end.notes : []).toEqual([expect.stringContaining('cpu profiling already in use')]);
  });

  test('cancel leaves no half file', async () => {
    const url = await serve((_q, a) => void a.write(sample.subarray(0, 100)));
    const { end } = await take(pprof(url), { during: (p, c) => p.doneBytes > 0 && c.cancel(p.captureId) });
    expect(failed(end).code).toBe('CANCELLED');
    expect(left()).toEqual([]);
  });
});

describe('F14, E5.1: from an address', () => {
  test('sends method and headers', async () => {
    let seen: [string | undefined, string | undefined] = [undefined, undefined];
    const url = await serve((q, a) => {
      seen = [q.method, q.headers.authorization];
      a.end(sample);
    });
    const { end } = await take({
      kind: 'url',
      url: `${url}/snapshot`,
      method: 'POST',
      headers: [{ name: 'Authorization', value: 'Bearer x' }],
    });
    expect(doneFiles(end)).toHaveLength(1);
    expect(seen).toEqual(['POST', 'Bearer x']);
  });

  test('a redirect to another host is asked about, and gets no headers', async () => {
    let keys: string | undefined = 'never asked';
    const there = await serve((q, a) => {
      keys = q.headers.authorization;
      a.end(sample);
    });
    const here = await serve((_q, a) => {
      a.writeHead(302, { location: `${there}/x` });
      a.end();
    });
    const source: CaptureSource = {
      kind: 'url',
      url: here,
      method: 'GET',
      headers: [{ name: 'Authorization', value: 'secret' }],
    };
    const yes = await take(source);
    expect(doneFiles(yes.end)).toHaveLength(1);
    expect(yes.asked).toHaveLength(1);
    expect(keys).toBeUndefined();
    const no = await take(source, { answer: false });
    expect(failed(no.end).code).toBe('NOT_ALLOWED');
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'http://169.254.169.254/latest/meta-data'])(
    'a redirect to %s is never followed',
    async (to) => {
      const url = await serve((_q, a) => {
        a.writeHead(302, { location: to });
        a.end();
      });
      const { end, asked } = await take(from(url));
      expect(failed(end).code).toBe('NOT_ALLOWED');
      expect(asked).toEqual([]);
    },
  );

  test('redirects in a circle end', async () => {
    const url = await serve((_q, a) => {
      a.writeHead(302, { location: '/again' });
      a.end();
    });
    expect(failed((await take(from(url))).end).code).toBe('NOT_ALLOWED');
  });

  test.each(['file:///etc/passwd', '', 'http://user:pw@127.0.0.1/', 'not an address at all'])(
    'refuses %j',
    async (url) => {
      expect(['BAD_REQUEST', 'NOT_ALLOWED', 'UNREACHABLE']).toContain(failed((await take(from(url))).end).code);
      expect(left()).toEqual([]);
    },
  );
});

describe('E5.3: a hostile server', () => {
  test('that never ends is cut at the limit', async () => {
    const url = await serve((_q, a) => {
      const chunk = Buffer.concat([Buffer.from('go 1.22 trace\0\0\0'), Buffer.alloc(1 << 16)]);
      const more = (): void => {
        while (!a.destroyed && a.write(chunk));
      };
      a.on('drain', more);
      more();
    });
    const { end } = await take(from(url), { limits: { maxBytes: 1 << 20 } });
    expect(failed(end).code).toBe('TOO_LARGE');
    expect(left()).toEqual([]);
  });

  test('that announces 10 GB is not read', async () => {
    const url = await serve((_q, a) => {
      a.writeHead(200, { 'content-length': String(10 * 2 ** 30) });
      a.write('go 1.22 trace\0\0\0');
    });
    expect(failed((await take(from(url))).end).code).toBe('TOO_LARGE');
  });

  test('that sends endless headers is refused', async () => {
    const url = await serve((_q, a) => {
      a.socket?.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1 << 20)}`);
    });
    expect(failed((await take(from(url))).end).code).toBe('HTTP');
  });

  test('that hangs is left', async () => {
    const url = await serve(() => undefined);
    expect(failed((await take(from(url), { limits: { maxSeconds: 1 } })).end).code).toBe('TIMED_OUT');
  });

  test('that stops sending is left, long before the limit of time', async () => {
    const { fetchInto } = await import('./http-fetch');
    const url = await serve((_q, a) => void a.write('go 1.22 trace\0\0\0'));
    const work = fetchInto(new URL(url), null, {
      method: 'GET',
      headers: {},
      limits: DEFAULT_CAPTURE_LIMITS,
      idleMs: 100,
      signal: new AbortController().signal,
      ask: () => Promise.resolve(false),
      onBytes: () => undefined,
    });
    await expect(work).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  test('that drips is cut at the limit of time', async () => {
    const timers: NodeJS.Timeout[] = [];
    const url = await serve((_q, a) => {
      a.write('go 1.22 trace\0\0\0');
      timers.push(setInterval(() => a.write('x'), 50));
    });
    const { end } = await take(from(url), { limits: { maxSeconds: 1 } });
    timers.forEach(clearInterval);
    expect(failed(end).code).toBe('TIMED_OUT');
    expect(left()).toEqual([]);
  });

  test.each([
    ['<!doctype html><html>', 'web page'],
    ['hello', 'hello'],
    ['', 'empty'],
  ])('that sends %j instead of a trace', async (body, words) => {
    const url = await serve((_q, a) => a.end(body));
    const end = failed((await take(from(url))).end);
    expect(end.code).toBe('NOT_A_TRACE');
    expect(end.message).toContain(words);
    expect(left()).toEqual([]);
  });

  test('that closes in the middle leaves nothing', async () => {
    const url = await serve((_q, a) => {
      a.writeHead(200, { 'content-length': String(sample.length) });
      a.write(sample.subarray(0, 50), () => a.destroy());
    });
    expect(failed((await take(from(url))).end).message).toContain('closed the connection');
    expect(left()).toEqual([]);
  });
});

describe('E5.6: saving', () => {
  test('to the chosen file, replacing it when that was agreed to', async () => {
    const url = await serve((_q, a) => a.end(sample));
    const target = path.join(folder, 'mine.trace');
    writeFileSync(target, 'old');
    const { end } = await take(from(url), { save: { path: target, mayReplace: true } });
    expect(doneFiles(end)).toEqual([target]);
    expect(readFileSync(target).equals(sample)).toBe(true);
  });

  test('beside a file of that name when it was not', async () => {
    const url = await serve((_q, a) => a.end(sample));
    const target = path.join(folder, 'mine.trace');
    writeFileSync(target, 'old');
    const { end } = await take(from(url), { save: { path: target, mayReplace: false } });
    expect(doneFiles(end)).toEqual([path.join(folder, 'mine-2.trace')]);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  test('a folder that cannot be written is said', async () => {
    const url = await serve((_q, a) => a.end(sample));
    writeFileSync(path.join(folder, 'file'), '');
    const { end } = await take(from(url), { save: { path: path.join(folder, 'file', 'x.trace'), mayReplace: false } });
    expect(failed(end).code).toBe('DISK');
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is said', async () => {
    const { fetchInto } = await import('./http-fetch');
    const { createWriteStream } = await import('node:fs');
    const url = await serve((_q, a) => a.end(Buffer.alloc(1 << 20)));
    const work = fetchInto(new URL(url), createWriteStream('/dev/full'), {
      method: 'GET',
      headers: {},
      limits: DEFAULT_CAPTURE_LIMITS,
      idleMs: 5000,
      signal: new AbortController().signal,
      ask: () => Promise.resolve(false),
      onBytes: () => undefined,
    });
    await expect(work).rejects.toMatchObject({ code: 'DISK', message: expect.stringContaining('full') as string });
  });

  test.skipIf(!canMount)('a disk that gets full on the way is said, and what was written is removed', async () => {
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const url = await serve((_q, a) => a.end(Buffer.concat([sample, Buffer.alloc(1 << 20)])));
      const { end } = await take(from(url), { save: { path: path.join(disk, 'x.trace'), mayReplace: true } });
      expect(failed(end)).toMatchObject({ code: 'DISK', message: expect.stringContaining('full') as string });
      expect(left(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('what a crash left is swept, and nothing else', async () => {
    const dir = path.join(folder, 'captures');
    mkdirSync(dir);
    for (const name of ['.a.trace.0123abcd.tracewell-part', 'a.trace', '.hidden', 'b.tracewell-part'])
      writeFileSync(path.join(dir, name), 'x');
    const captures = new Captures({
      folder: dir,
      onProgress: () => undefined,
      onEnd: () => undefined,
      ask: () => Promise.resolve(true),
      now: Date.now,
    });
    await captures.sweep();
    expect(left(dir).sort()).toEqual(['.hidden', 'a.trace', 'b.tracewell-part']);
  });
});

describe('from a program', () => {
  const copy = path.resolve(__dirname, '../../tests/fixtures/traces/go1.22-tiny.trace');
  const program = (command: string): CaptureSource => ({ kind: 'program', directory: folder, command });

  test('runs it with the path in place of {trace}, after a question', async () => {
    const { end, asked } = await take(program(`cp '${copy}' {trace}`));
    expect(doneFiles(end)).toHaveLength(1);
    expect(asked).toEqual([expect.stringContaining('cp')]);
  });

  test('is not run when the answer is no', async () => {
    const { end } = await take(program(`cp '${copy}' {trace}`), { answer: false });
    expect(failed(end).code).toBe('CANCELLED');
    expect(existsSync(path.join(folder, 'captures')) ? left() : []).toEqual([]);
  });

  test('no shell reads the command', async () => {
    const { end } = await take(program(`cp '${copy}' {trace} ; touch owned`));
    expect(failed(end).code).toBe('PROGRAM');
    expect(existsSync(path.join(folder, 'owned'))).toBe(false);
  });

  test.each([
    ['ls', 'BAD_REQUEST', '{trace}'],
    ['no-such-program-here {trace}', 'PROGRAM', 'no program'],
    ['true {trace}', 'PROGRAM', 'trace.Start'],
    ['false {trace}', 'PROGRAM', 'exit code 1'],
  ])('%s fails in words', async (command, code, words) => {
    const end = failed((await take(program(command))).end);
    expect(end.code).toBe(code);
    expect(end.message).toContain(words);
    expect(existsSync(path.join(folder, 'captures')) ? left() : []).toEqual([]);
  });

  test('cancel ends the program and what it started', async () => {
    const script = path.join(folder, 'slow.sh');
    writeFileSync(script, 'echo started\nsleep 1000 &\nwait\n');
    const { end } = await take(program(`sh '${script}' {trace}`), {
      during: (p, c) => p.output.includes('started') && c.cancel(p.captureId),
    });
    expect(failed(end).code).toBe('CANCELLED');
    expect(left(path.join(folder, 'captures'))).toEqual([]);
  });
});

const hasGo = ((): boolean => {
  try {
    execFileSync('go', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasGo)('F15: from go test', () => {
  function module(files: Record<string, string>): void {
    writeFileSync(path.join(folder, 'go.mod'), 'module example.com/m\n\ngo 1.21\n');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  }
  const testFile = (pkg: string, body: string): string =>
    `package ${pkg}\n\nimport "testing"\n\nfunc TestIt(t *testing.T) { ${body} }\n`;
  const goTest = (packages: string): CaptureSource => ({
    kind: 'go-test',
    directory: folder,
    packages,
    run: '',
    bench: '',
    count: 0,
  });

  test('one package after another, a trace each; failing tests are said', { timeout: 120_000 }, async () => {
    module({
      'a/a_test.go': testFile('a', ''),
      'b/b_test.go': testFile('b', 't.Fatal("no")'),
      'c/c.go': 'package c\n',
    });
    const { end } = await take(goTest('./...'));
    const files = doneFiles(end);
    expect(files.map((f) => path.basename(f).replace(/\d{8}-\d{6}/, 'WHEN'))).toHaveLength(2);
    for (const f of files) expect(readFileSync(f).subarray(0, 5).toString()).toBe('go 1.');
    expect(end.kind === 'done' ? end.notes : []).toEqual([expect.stringContaining('example.com/m/b: tests failed')]);
    expect(left().filter((f) => f.endsWith('.test') || f.includes('part'))).toEqual([]);
  });

  test('flags among the packages are refused; a folder without tests is said', { timeout: 60_000 }, async () => {
    module({ 'c/c.go': 'package c\n' });
    expect(failed((await take(goTest('-exec=sh'))).end).code).toBe('BAD_REQUEST');
    expect(failed((await take(goTest('./...'))).end).message).toContain('has tests');
  });
});
