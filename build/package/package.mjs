// Packs the built app: release/linux-unpacked by electron-builder, then tar.gz, deb and rpm of it. No network.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDir, root } from '../paths.mjs';
import { capture, run, Stop } from '../processes.mjs';
import { sumsOf, writeBill } from './bill.mjs';
import { makeDeb } from './deb.mjs';
import { readFuses, WANTED_FUSES } from './fuses.mjs';
import { writeLicenses } from './licenses.mjs';
import { makeTree } from './linux-tree.mjs';
import { makeRpm } from './rpm.mjs';

const KINDS = ['dir', 'tar', 'deb', 'rpm'];
export const releaseDir = join(root, 'release');

/**
 * Makes packages of these kinds (all that can be made, when none is named); answers their files.
 * @param {readonly string[]} wanted
 * @param {import('../setup/electron.mjs').Electron} electron
 * @returns {Promise<string[]>}
 */
export async function makePackages(wanted, electron) {
  if (process.platform !== 'linux')
    throw new Stop('npm run package packs for Linux; elsewhere use electron-builder itself.');
  const unknown = wanted.find((k) => !KINDS.includes(k));
  if (unknown) throw new Stop(`usage: npm run package [-- ${KINDS.join(' ')}]; there is no ${unknown}`);
  const kinds = wanted.length > 0 ? wanted : KINDS;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Said in the name of each file, where nobody can miss it.
  const label = electron.source === 'development' ? '-development' : '';
  if (label) console.log(`[package] round Electron ${electron.version} for development: not for release`);

  const unpacked = await makeFolder(electron, version);
  checkFuses(join(unpacked, 'tracewell-app'));
  const made = [];
  const base = `tracewell-${version}${label}-linux-x64`;
  if (kinds.includes('tar')) made.push(await makeTar(base));
  if (kinds.includes('deb') || kinds.includes('rpm')) {
    const tree = join(releaseDir, 'tree');
    makeTree(tree, unpacked);
    if (kinds.includes('deb')) made.push(await makeDeb(tree, { version, label, out: releaseDir }));
    if (kinds.includes('rpm')) {
      if (capture('rpmbuild', ['--version'])) made.push(await makeRpm(tree, { version, label, out: releaseDir }));
      else if (wanted.includes('rpm')) throw new Stop('rpmbuild is missing: apt-get install rpm');
      else console.log('[package] no rpm: rpmbuild is missing (apt-get install rpm)');
    }
    rmSync(tree, { recursive: true, force: true });
  }
  const app = join(unpacked, 'resources/app.asar');
  writeFileSync(join(releaseDir, 'SHA256SUMS'), await sumsOf([app, ...made]));
  for (const f of made)
    console.log(`[package] ${(statSync(f).size / 1e6).toFixed(1)} MB  release/${f.slice(releaseDir.length + 1)}`);
  return made;
}

/**
 * Bundles and packs the app once more, elsewhere, and holds its archive against the sum of the one in release/: the same
 * sources must give the same app. Throws when they do not, or when nothing was packed yet.
 * @param {import('../setup/electron.mjs').Electron} electron
 */
export async function packAgain(electron) {
  const sums = join(releaseDir, 'SHA256SUMS');
  const first = existsSync(sums) ? readFileSync(sums, 'utf8').match(/^(\w+) .*app\.asar$/m)?.[1] : undefined;
  if (!first) throw new Stop('There is no SHA256SUMS in release/: npm run package');
  await run(process.execPath, [join(root, 'build/bundle.mjs')]);
  const out = join(cacheDir, 'package-again');
  try {
    await packFolder(electron, out);
    const [again] = (await sumsOf([join(out, 'linux-unpacked/resources/app.asar')])).split(' ');
    if (again !== first) throw new Stop(`packed again, app.asar has the sum ${again}, and had ${first}`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** @param {import('../setup/electron.mjs').Electron} electron @param {string} version */
async function makeFolder(electron, version) {
  for (const f of existsSync(releaseDir) ? readdirSync(releaseDir) : [])
    rmSync(join(releaseDir, f), { recursive: true, force: true });
  mkdirSync(releaseDir, { recursive: true });
  writeLicenses(join(releaseDir, 'licenses.txt'));
  writeBill(join(releaseDir, 'bom.cdx.json'), { version, electron: electron.version });
  await packFolder(electron, releaseDir);
  return join(releaseDir, 'linux-unpacked');
}

/** `linux-unpacked` in a folder. @param {import('../setup/electron.mjs').Electron} electron @param {string} out */
async function packFolder(electron, out) {
  // The runtime without the loader that development needs.
  const dist = join(cacheDir, 'package-electron');
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(dirname(electron.exe), dist, { recursive: true, verbatimSymlinks: true });
  for (const f of ['resources/app', 'resources/default_app.asar', '.complete'])
    rmSync(join(dist, f), { recursive: true, force: true });
  mkdirSync(join(dist, 'resources'), { recursive: true });
  const config = join(cacheDir, 'electron-builder.yml');
  writeFileSync(config, configFor(join(dist, 'electron')));
  await run(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      '--config',
      config,
      '--linux',
      'dir',
      '--publish',
      'never',
      `-c.electronVersion=${electron.version}`,
      `-c.electronDist=${dist}`,
      `-c.directories.output=${out}`,
    ],
    { env: { TRACEWELL_EXE: '' } },
  );
  rmSync(dist, { recursive: true, force: true });
}

/**
 * Our configuration, without fuses that an older runtime does not have: setting one would fail.
 * @param {string} exe
 */
function configFor(exe) {
  const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  const absent = readFuses(readFileSync(exe))['fileProtocolPrivileges'] === 'absent';
  return absent ? text.replace(/^ *grantFileProtocolExtraPrivileges:.*\n/m, '') : text;
}

/** @param {string} exe */
function checkFuses(exe) {
  const fuses = readFuses(readFileSync(exe));
  for (const [name, on] of Object.entries(WANTED_FUSES)) {
    const found = fuses[name];
    // A fuse that this runtime does not have cannot be set.
    if (found !== undefined && found !== 'absent' && found !== (on ? 'on' : 'off'))
      throw new Stop(`the fuse ${name} is ${found}, and must be ${on ? 'on' : 'off'}`);
  }
}

/** @param {string} base */
async function makeTar(base) {
  const file = join(releaseDir, `${base}.tar.gz`);
  await run('tar', [
    '-C',
    releaseDir,
    `--transform=s,^linux-unpacked,${base},`,
    '--owner=0',
    '--group=0',
    '--sort=name',
    '-czf',
    file,
    'linux-unpacked',
  ]);
  return file;
}
