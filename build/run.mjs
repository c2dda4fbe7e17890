// All commands of package.json: node build/run.mjs COMMAND [ARGS]. Needs Node, npm and cargo; the rest is set up.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { withDisplay } from './display.mjs';
import { parseRequest } from '../main/app/launch-words.mjs';
import { startApp } from './launch/start-app.mjs';
import { nativeManifest, root, typeProjects } from './paths.mjs';
import { Stop } from './processes.mjs';
import { prepare } from './setup/prepare.mjs';

/** Opened by `npm start` without files. */
const SAMPLE = join(root, 'tests/fixtures/traces/go1.26-gcheavy.trace');

/** @type {Record<string, (args: string[]) => Promise<number>>} each gives the exit code */
const commands = {
  async setup([what = 'app']) {
    if (what !== 'app' && what !== 'native') throw new Stop('usage: npm run setup [-- native]');
    const began = performance.now();
    await prepare(what);
    console.log(`[setup] ready after ${seconds(began)}`);
    return 0;
  },

  async start(files) {
    const began = performance.now();
    const cwd = process.env['INIT_CWD'] ?? process.cwd();
    const gallery = files.includes('--gallery');
    const named = files.filter((f) => f !== '--gallery');
    const words = named.length > 0 ? named : [SAMPLE];
    const parsed = parseRequest(['open', '--wait', ...words], { cwd, startedAtMs: Date.now() });
    if (parsed.kind === 'help') throw new Stop(`usage: npm start [-- FILE…], or -- --gallery for the shared parts`);
    if (parsed.kind !== 'request') throw new Stop(parsed.sentence);
    const electron = await readyElectron();
    console.log(`[setup] ready after ${seconds(began)}; opening ${parsed.request.files.join(', ')}`);
    const display = await withDisplay();
    try {
      const end = await startApp(
        { ...parsed.request, startedAtMs: Date.now() },
        { exe: electron.exe, env: { ...display.env, ...(gallery ? { TRACEWELL_GALLERY: '1' } : {}) } },
      );
      if (end.error) console.error(`tracewell: ${end.error.code}: ${end.error.message}`);
      return end.error ? 1 : 0;
    } finally {
      display.stop();
    }
  },

  async test(args) {
    const { runTests } = await import('./checks/run-tests.mjs');
    return runTests(args);
  },

  async e2e(args) {
    const electron = await readyElectron();
    const display = await withDisplay();
    try {
      return await inTerminal(['node_modules/@playwright/test/cli.js', 'test', ...args], {
        ...display.env,
        ELECTRON_PATH: electron.exe,
      });
    } finally {
      display.stop();
    }
  },

  async fuzz(args) {
    const { fuzz } = await import('./fuzz.mjs');
    return fuzz(args);
  },

  /** Times us and the reference on the files named; `timeline`: frames of View trace; `compare`: of two linked timelines; `pages`: long lists and large graphs; `content`: each page from the click until it is drawn; `memory`: of the app, page by page; `start`: the app itself; `targets`: the engine's figures, all of them (tests/bench/README.md). */
  async bench(args) {
    const [what = ''] = args;
    if (!['timeline', 'compare', 'pages', 'content', 'memory', 'start', 'targets'].includes(what))
      return inTerminal(['tests/bench/bench.mjs', ...args]);
    const electron = await readyElectron();
    const display = await withDisplay();
    try {
      return await inTerminal([`tests/bench/${what}.mjs`, ...args.slice(1)], {
        ...display.env,
        ELECTRON_PATH: electron.exe,
      });
    } finally {
      display.stop();
    }
  },

  /** The pictures of the docs, with FOLDER those of the tour too: build/pictures.mjs. */
  async pictures(args) {
    await readyElectron();
    return inTerminal(['build/pictures.mjs', ...args]);
  },

  /** Packs the app for Linux: build/package/README.md. */
  async package(kinds) {
    const electron = await readyElectron();
    const { makePackages } = await import('./package/package.mjs');
    await makePackages(kinds, electron);
    return 0;
  },

  /** The engine on large traces, with its memory: tests/bench/README.md. */
  'test:large': (args) => inTerminal(['tests/bench/large.mjs', ...args]),

  async 'test:package'() {
    const electron = await readyElectron();
    const { verifyPackage } = await import('./package/verify.mjs');
    return verifyPackage(electron);
  },

  async lint() {
    const lint = await inTerminal(['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.']);
    const layers = await inTerminal(['build/check-layers.mjs']);
    return lint || layers;
  },

  async typecheck() {
    let code = 0;
    for (const args of Object.values(typeProjects)) code = (await inTerminal([...args])) || code;
    return code;
  },

  async format() {
    const prettier = await inTerminal([
      'node_modules/prettier/bin/prettier.cjs',
      '--write',
      '--log-level',
      'warn',
      '.',
    ]);
    const rust = await spawned('cargo', ['fmt', '--all', '--manifest-path', nativeManifest]);
    return prettier || rust;
  },

  /** Before a commit: formats, runs all tests, and sees that `npm ci` will take the lock file. */
  async ready(args) {
    const lock = await spawned('npm', ['ci', '--dry-run', '--silent', '--no-audit', '--no-fund']);
    if (lock !== 0) throw new Stop('npm ci refuses package-lock.json: npm install, then commit it with package.json.');
    return (await commands['format']?.([])) || (await commands['test']?.(args)) || 0;
  },
};

async function readyElectron() {
  const electron = await prepare('app');
  if (!electron) throw new Error('set-up gave no Electron');
  return electron;
}

/** A Node program with the terminal to itself. @param {string[]} args @param {Record<string, string>} [env] */
function inTerminal(args, env = {}) {
  if (!existsSync(join(root, 'node_modules'))) throw new Stop('The npm packages are not installed yet: npm run setup');
  return spawned(process.execPath, args, env);
}

/** @param {string} cmd @param {string[]} args @param {Record<string, string>} [env] @returns {Promise<number>} */
function spawned(cmd, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(cmd, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** @param {number} began */
function seconds(began) {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

const [name = 'start', ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Stop(`There is no command ${name}: ${Object.keys(commands).join(', ')}`);
  process.exitCode = await command(args);
} catch (e) {
  console.error(e instanceof Stop ? `tracewell: ${e.message}` : e);
  process.exitCode = 1;
}
