// Running the end-to-end tests once as a user without rights, so that Chromium's sandbox is real: as root it is off.
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { root } from '../paths.mjs';
import { capture, have, run } from '../processes.mjs';

const USER = 'nobody';

/**
 * @typedef {object} OtherUser
 * @property {string} root where that user finds the clone
 * @property {string} exe where that user finds Electron
 * @property {Record<string, string>} env
 * @property {(cmd: string, args: readonly string[]) => [string, string[]]} as the command that runs another as that user
 * @property {string} home its own folder
 * @property {() => void} remove
 */

/**
 * What is needed to run as that user, or a sentence that says why it cannot be done here.
 * @param {string} exe Electron
 * @returns {Promise<OtherUser | string>}
 */
export async function otherUser(exe) {
  if (!have('setpriv')) return 'setpriv is missing (package util-linux)';
  const ids = capture('id', ['-u', USER]);
  const group = capture('id', ['-g', USER]);
  if (ids === null || group === null) return `there is no user ${USER}`;
  const prefix = ['--reuid', ids, '--regid', group, '--clear-groups', '--'];
  /** @type {OtherUser['as']} */
  const as = (cmd, args) => ['setpriv', [...prefix, cmd, ...args]];
  const can = (/** @type {string} */ cmd, /** @type {string[]} */ args) => capture(...as(cmd, args)) !== null;
  if (!can('unshare', ['--user', '--map-root-user', 'true'])) {
    return 'the system lets no user without rights make a namespace, which the sandbox needs (kernel.unprivileged_userns_clone)';
  }
  if (!can(process.execPath, ['--version'])) return `${USER} may not run ${process.execPath}`;

  const home = mkdtempSync(join(tmpdir(), 'tracewell-user-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  chmodSync(home, 0o755);
  mkdirSync(join(home, 'work'));
  chownSync(join(home, 'work'), Number(ids), Number(group));
  const work = join(home, 'work');
  const env = {
    HOME: work,
    TMPDIR: work,
    XDG_CONFIG_HOME: join(work, 'config'),
    XDG_CACHE_HOME: join(work, 'cache'),
    XDG_RUNTIME_DIR: work,
    USER,
    LOGNAME: USER,
    TRACEWELL_NO_SETUP: '1',
    TRACEWELL_E2E_OUT: join(work, 'results'),
  };
  const readable = can('test', ['-r', join(root, 'package.json')]) && can('test', ['-x', exe]);
  if (readable) return { root, exe, env, as, home: work, remove };
  // A clone below /root, say: a copy that the user can read. Hard links where that works, they cost nothing.
  const copy = join(home, 'clone');
  try {
    for (const name of NEEDED) await copyTree(join(root, name), join(copy, name));
    const inside = relative(root, exe);
    if (inside.startsWith('..')) {
      await copyTree(dirname(exe), join(copy, '.electron', 'runtime'));
      return { root: copy, exe: join(copy, '.electron', 'runtime', 'electron'), env, as, home: work, remove };
    }
    await copyTree(dirname(exe), join(copy, dirname(inside)));
    return { root: copy, exe: join(copy, inside), env, as, home: work, remove };
  } catch (e) {
    remove();
    return `the clone could not be copied for ${USER}: ${e instanceof Error ? e.message : String(e)}`;
  }
}

/** What the end-to-end tests read. */
const NEEDED = [
  'package.json',
  'playwright.config.ts',
  'tsconfig.json',
  'bin',
  'build',
  'contract',
  'dist',
  'docs',
  'native-parse/dist',
  'native-parse/target/release/tracewell',
  'node_modules',
  'renderer',
  'tests',
];

/** @param {string} from @param {string} to */
async function copyTree(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  try {
    await run('cp', ['-al', from, to]);
  } catch {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}
