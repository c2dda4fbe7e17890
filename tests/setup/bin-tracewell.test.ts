import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// bin/tracewell in a clone of its own, whose native program and whose Node only say how they were called.
let clone = '';
const nativeProgram = () => path.join(clone, 'native-parse/target/release/tracewell');

function writeProgram(file: string, body: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

function writeFile(name: string, text = ''): void {
  mkdirSync(path.dirname(path.join(clone, name)), { recursive: true });
  writeFileSync(path.join(clone, name), text);
}

/** What Node does when it is asked for set-up. */
function writeNode(setUp: string): void {
  writeProgram(
    path.join(clone, 'tools/node'),
    `case "$*" in *"build/run.mjs setup"*) echo "set-up says: $*"; ${setUp} ;; *) echo "node $*" ;; esac`,
  );
}

function call(words: readonly string[], options: { program?: string; env?: Record<string, string> } = {}) {
  const program = options.program ?? path.join(clone, 'bin/tracewell');
  const env = { PATH: `${path.join(clone, 'tools')}:/usr/bin:/bin`, ...options.env };
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: clone, env, encoding: 'utf8', input: '' });
  return { status, out: stdout.trim(), err: stderr.trim() };
}

beforeEach(() => {
  clone = realpathSync(mkdtempSync(path.join(tmpdir(), 'tracewell-bin-')));
  mkdirSync(path.join(clone, 'bin'));
  copyFileSync(path.resolve(__dirname, '../../bin/tracewell'), path.join(clone, 'bin/tracewell'));
  chmodSync(path.join(clone, 'bin/tracewell'), 0o755);
  writeProgram(nativeProgram(), 'echo "native $*"');
  writeNode('exit 1');
  for (const file of ['dist/main/main.cjs', '.cache/setup/native.ready', '.cache/setup/app.ready', 'unnamed'])
    writeFile(file);
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('bin/tracewell', () => {
  it.each([
    ['info a.trace'],
    ['slices a.trace --rows procs'],
    ['--help'],
    ['--version'],
    ['-pprof=net a.trace'],
    ['nosuchverb a.trace'],
  ])('hands "%s" to the native program', (words) => {
    expect(call(words.split(' '))).toEqual({ status: 0, out: `native ${words}`, err: '' });
  });

  it.each([
    [''],
    ['open a.trace --wait'],
    ['shot a.trace --page home -o x.png'],
    ['a.trace'],
    ['./a'],
    ['unnamed'],
    ['-'],
    ['-http=:8080 a.trace'],
    ['-d a.trace'],
  ])('hands "%s" to the app', (words) => {
    const out = `node ${clone}/build/launch-app.mjs ${words}`.trim();
    expect(call(words === '' ? [] : words.split(' '))).toEqual({ status: 0, out, err: '' });
  });

  it('finds its clone through links', () => {
    symlinkSync('../bin/tracewell', path.join(clone, 'tools/first'));
    symlinkSync(path.join(clone, 'tools/first'), path.join(clone, 'tools/second'));
    expect(call(['info', 'x'], { program: path.join(clone, 'tools/second') }).out).toBe('native info x');
  });

  it('sets up what is missing, and keeps what set-up says out of the answer', () => {
    rmSync(nativeProgram());
    writeNode(`printf '#!/bin/sh\\necho "built $*"\\n' > ${nativeProgram()}; chmod +x ${nativeProgram()}`);
    expect(call(['info', 'x'])).toEqual({ status: 0, out: 'built info x', err: '' });
    expect(readFileSync(path.join(clone, '.cache/setup.log'), 'utf8')).toContain('run.mjs setup native');
    rmSync(path.join(clone, 'dist'), { recursive: true });
    writeNode(`mkdir -p ${clone}/dist/main; touch ${clone}/dist/main/main.cjs`);
    expect(call(['open'])).toMatchObject({ status: 0, out: `node ${clone}/build/launch-app.mjs open` });
    expect(readFileSync(path.join(clone, '.cache/setup.log'), 'utf8')).toContain('run.mjs setup app');
  });

  it('says in a line why it cannot be set up', () => {
    rmSync(nativeProgram());
    writeNode('echo "tracewell: cargo is missing: install Rust"; exit 1');
    const { status, out, err } = call(['info', 'x']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(
      /^tracewell: INTERNAL: set-up failed: tracewell: cargo is missing: install Rust \(all of it: .+\)$/,
    );
  });

  describe('after a later commit', () => {
    beforeEach(() => {
      writeFile('.git/logs/HEAD');
      utimesSync(path.join(clone, '.cache/setup/native.ready'), 1000, 1000);
    });

    it('sets up again, and lives with the program that is there when that fails', () => {
      expect(call(['info', 'x'])).toEqual({ status: 0, out: 'native info x', err: '' });
      expect(readFileSync(path.join(clone, '.cache/setup.log'), 'utf8')).toContain('run.mjs setup native');
    });

    it('does not when TRACEWELL_NO_SETUP is set', () => {
      expect(call(['info', 'x'], { env: { TRACEWELL_NO_SETUP: '1' } }).out).toBe('native info x');
      expect(existsSync(path.join(clone, '.cache/setup.log'))).toBe(false);
    });
  });
});
