// The parts of `npm test`, in the order in which they run. A part gives its counts; that it cannot run here counts as
// skipped, with the reason.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDisplay } from '../display.mjs';
import { isRoot, nativeManifest, root, typeProjects } from '../paths.mjs';
import { capture, have } from '../processes.mjs';
import { countCargo, countPlaywright, countTotals, countVitest, none, withExit } from './counts.mjs';
import { otherUser } from './unprivileged.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {{ electron: import('../setup/electron.mjs').Electron | null, reports: string }} Context */
/**
 * @typedef {object} Tools
 * @property {(cmd: string, args: readonly string[], options?: { env?: Record<string, string>, cwd?: string }) => Promise<number>} exec
 * @property {readonly string[]} lines all that was printed so far
 */
/**
 * @typedef {object} Part
 * @property {string} name
 * @property {readonly string[]} [needs] steps of set-up
 * @property {(context: Context, tools: Tools) => Promise<{ counts: Counts, note?: string }>} run
 */

const node = process.execPath;
const cargo = ['--locked', '--manifest-path', nativeManifest];
const skipped = (/** @type {string} */ note) => ({ counts: { ...none(), skipped: 1 }, note: `skipped: ${note}` });
const passedOr = (/** @type {number} */ code) => withExit({ ...none(), passed: code === 0 ? 1 : 0 }, code);

/** @param {string} name @param {readonly string[]} args of Node @param {readonly string[]} [needs] @returns {Part} */
const nodeCheck = (name, args, needs = ['npm packages']) => ({
  name,
  needs,
  run: async (_, { exec }) => ({ counts: passedOr(await exec(node, args)) }),
});

const typeChecks = Object.entries(typeProjects).map(([project, args]) =>
  nodeCheck(`types-${project}`, args, ['native addon']),
);

/** @type {readonly Part[]} fast ones, two at a time */
export const staticParts = [
  nodeCheck('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']),
  nodeCheck('lint', ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.']),
  nodeCheck('layers', ['build/check-layers.mjs']),
  ...typeChecks,
  {
    name: 'rust-format',
    run: async (_, { exec }) => {
      if (capture('cargo', ['fmt', '--version']) === null)
        return skipped('rustfmt is missing: rustup component add rustfmt');
      return { counts: passedOr(await exec('cargo', ['fmt', '--all', '--check', '--manifest-path', nativeManifest])) };
    },
  },
];

/**
 * @template T
 * @param {string} file @param {(report: T) => Counts} count @param {number} exitCode
 */
function countReport(file, count, exitCode) {
  return { counts: withExit(existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8'))) : none(), exitCode) };
}

/** @param {string[]} projects @returns {Part['run']} */
const vitest =
  (projects) =>
  async ({ reports }, { exec }) => {
    const report = join(reports, `vitest-${projects.join('-')}.json`);
    const select = projects.flatMap((project) => ['--project', project]);
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
    return countReport(
      report,
      countVitest,
      await exec(node, ['node_modules/vitest/vitest.mjs', 'run', ...select, ...reporters]),
    );
  };

/**
 * The end-to-end tests in the folder `at`, as the user that `as` makes of a command.
 * @param {Tools} tools
 * @param {Pick<import('./unprivileged.mjs').OtherUser, 'root' | 'exe' | 'env' | 'as'>} user
 * @param {string} report
 */
async function endToEnd({ exec }, user, report) {
  const display = await withDisplay();
  try {
    const [cmd, args] = user.as(node, ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json']);
    const env = { ...display.env, ...user.env, ELECTRON_PATH: user.exe, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
    return countReport(report, countPlaywright, await exec(cmd, args, { cwd: user.root, env }));
  } finally {
    display.stop();
  }
}

/** @type {import('./unprivileged.mjs').OtherUser['as']} */
const asIs = (cmd, args) => [cmd, [...args]];

const APP = ['npm packages', 'bundles', 'native files', 'Electron runtime', 'virtual display'];
const CONFORMANCE = '../shared/checks/conformance';

/** @type {readonly Part[]} without windows, two at a time: what compiles Rust beside what does not */
export const headlessParts = [
  {
    name: 'clippy',
    needs: ['engine'],
    run: async (_, { exec }) => {
      if (capture('cargo', ['clippy', '--version']) === null)
        return skipped('clippy is missing: rustup component add clippy');
      return {
        counts: passedOr(
          await exec('cargo', ['clippy', '--quiet', '--workspace', '--all-targets', ...cargo, '--', '-D', 'warnings']),
        ),
      };
    },
  },
  { name: 'unit', needs: ['npm packages', 'native addon'], run: vitest(['node', 'renderer']) },
  {
    name: 'rust-tests',
    needs: ['engine'],
    run: async (_, { exec, lines }) => {
      const code = await exec('cargo', ['test', '--quiet', '--workspace', '--no-fail-fast', ...cargo]);
      return { counts: withExit(countCargo(lines), code) };
    },
  },
  { name: 'golden', needs: ['npm packages', 'engine'], run: vitest(['golden']) },
  {
    name: 'conformance',
    needs: ['engine'],
    run: async (_, { exec, lines }) => {
      if (!existsSync(join(root, CONFORMANCE))) return skipped(`there is no ${CONFORMANCE}`);
      if (!have('python3')) return skipped('python3 is missing');
      const code = await exec('python3', [CONFORMANCE]);
      return { counts: withExit(countTotals(lines), code) };
    },
  },
];

/** @type {readonly Part[]} with windows: one after the other, with what they print */
export const appParts = [
  {
    name: 'e2e',
    needs: APP,
    run: ({ electron, reports }, tools) => {
      const me = { root, exe: electron?.exe ?? '', env: {}, as: asIs };
      return endToEnd(tools, me, join(reports, 'e2e.json'));
    },
  },
  {
    name: 'e2e-unprivileged',
    needs: APP,
    run: async ({ electron }, tools) => {
      if (!isRoot) return { counts: none(), note: 'the run above was by an unprivileged user already' };
      const user = await otherUser(electron?.exe ?? '');
      if (typeof user === 'string') return skipped(user);
      try {
        return await endToEnd(tools, user, join(user.home, 'e2e.json'));
      } finally {
        user.remove();
      }
    },
  },
];
