// What the machine must have: tools, the libraries that Electron links, a display. On Debian as root what is missing is
// installed; elsewhere it is one sentence with the command that mends it.
import { existsSync } from 'node:fs';
import { isRoot } from '../paths.mjs';
import { capture, have, run, Stop } from '../processes.mjs';

const NODE_WANTED = [20, 19];
const RUST_WANTED = [1, 88];

/** Libraries that Electron links, with the Debian package of each; releases from 2024 on renamed those marked. */
const DEBIAN_PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libatk-bridge2.0-0',
  'libcups2',
  'libdrm2',
  'libxkbcommon0',
  'libxshmfence1',
];
const RENAMED_T64 = new Set(['libgtk-3-0', 'libasound2', 'libatk-bridge2.0-0', 'libcups2']);

/** Throws one sentence when Node, npm, cargo or a C linker is missing or too old. */
export function checkTools() {
  const node = process.versions.node;
  if (olderThan(node, NODE_WANTED)) {
    throw new Stop(
      `Node ${node} is too old, ${NODE_WANTED.join('.')} or newer is needed: install it from nodejs.org, or run: nvm install 22`,
    );
  }
  if (!have('npm'))
    throw new Stop('npm is missing: install Node with npm from nodejs.org, or run: apt-get install npm');
  const cargo = capture('cargo', ['--version']);
  const cure = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";
  if (cargo === null) throw new Stop(`cargo is missing: install Rust ${RUST_WANTED.join('.')} or newer with: ${cure}`);
  const rust = /\d+\.\d+/.exec(cargo)?.[0] ?? '0.0';
  if (olderThan(rust, RUST_WANTED)) {
    const update = have('rustup') ? 'rustup update stable' : cure;
    throw new Stop(`Rust ${rust} is too old, ${RUST_WANTED.join('.')} or newer is needed: ${update}`);
  }
}

/** The steps' part: a C linker, which rustc calls. @param {(text: string) => void} say */
export async function ensureLinker(say) {
  if (process.platform !== 'linux' || have('cc')) return;
  await aptInstall(['gcc', 'libc6-dev'], 'a C linker is missing, which Rust needs', say);
}

/** @param {string} exe @param {(text: string) => void} say */
export async function ensureLibraries(exe, say) {
  if (process.platform !== 'linux' || missingLibraries(exe).length === 0) return;
  const renamed = (capture('apt-cache', ['pkgnames', 'libgtk-3-0t64']) ?? '') !== '';
  const names = DEBIAN_PACKAGES.map((name) => (renamed && RENAMED_T64.has(name) ? `${name}t64` : name));
  await aptInstall(names, `Electron lacks ${missingLibraries(exe).join(', ')}`, say);
  const left = missingLibraries(exe);
  if (left.length > 0)
    throw new Stop(`Electron still lacks ${left.join(', ')}: install the packages of your system that hold them.`);
}

/** True when a window can be shown without a virtual display. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** @param {(text: string) => void} say */
export async function ensureDisplay(say) {
  if (hasDisplay() || have('Xvfb')) return;
  await aptInstall(['xvfb'], 'there is no display, and no Xvfb to stand in for one', say);
}

/** @param {string} exe @returns {string[]} */
function missingLibraries(exe) {
  return (capture('ldd', [exe]) ?? '')
    .split('\n')
    .filter((line) => line.includes('not found'))
    .map((line) => line.trim().split(' ')[0] ?? '');
}

/**
 * @param {readonly string[]} names
 * @param {string} why
 * @param {(text: string) => void} say
 */
async function aptInstall(names, why, say) {
  const sentence = why[0]?.toUpperCase() + why.slice(1);
  if (!existsSync('/etc/debian_version') || !have('apt-get')) {
    throw new Stop(`${sentence}: install with your package manager what Debian calls ${names.join(' ')}`);
  }
  if (!isRoot) throw new Stop(`${sentence}: sudo apt-get install -y --no-install-recommends ${names.join(' ')}`);
  say(`${why}; installing ${names.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt may hold its lock, for example at the start of a cloud machine.
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  await run('apt-get', [...wait, 'update', '-qq'], { env });
  await run('apt-get', [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...names], { env });
}

/** @param {string} version @param {readonly number[]} wanted */
function olderThan(version, wanted) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted;
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
