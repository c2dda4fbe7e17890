// The licences of everything that is inside the app, as it was bundled: npm packages by the modules that the bundler took,
// crates by cargo. `collect` is called at the end of a bundle; About shows the result, packages carry it as a text.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeManifest, root } from '../paths.mjs';
import { capture, Stop } from '../processes.mjs';

/** @typedef {{ name: string, version: string, license: string, kind: 'npm' | 'crate', text: string }} License */

/** Shown by About; part of the page's own files. */
export const licensesJson = join(root, 'dist/renderer/licenses.json');
/** What the bundler says nothing of: fonts come in by a style sheet, Graphviz in a worker, Vue by its parts. */
const UNTOLD = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono', '@hpcc-js/wasm-graphviz', 'vue'];
/** Crates that end in the app; those of tests and of the build are not in it. */
const SHIPPED = ['tracewell-binding', 'tracewell-cli'];

/** The folder of the package that a module belongs to; null for our own. @param {string} id */
export function packageDirOf(id) {
  const file = id.replace(/^\0/, '').replace(/\?.*$/, '').replaceAll('\\', '/');
  const [, dir] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
  return dir ?? null;
}

/**
 * All licences, by name. Errors: Stop, when cargo cannot say what is in the engine.
 * @param {Iterable<string>} moduleIds as the bundlers name them
 * @returns {License[]}
 */
export function collect(moduleIds) {
  const dirs = new Set(UNTOLD.map((name) => join(root, 'node_modules', name)));
  for (const id of moduleIds) {
    const dir = packageDirOf(id);
    if (dir !== null) dirs.add(dir);
  }
  /** @type {Map<string, License>} */
  const found = new Map();
  for (const license of [...[...dirs].map(ofPackage), ...ofCrates()])
    found.set(`${license.kind} ${license.name} ${license.version}`, license);
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** @param {string} dir @returns {License} */
function ofPackage(dir) {
  const { name, version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  return { name, version, license: license ?? 'see its text', kind: 'npm', text: licenceText(dir) };
}

/** @param {string} dir */
function licenceText(dir) {
  const names = existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((f) => f.isFile() && /^(licen[cs]e|copying|notice|ofl)/i.test(f.name))
        .map((f) => f.name)
    : [];
  return names.map((f) => readFileSync(join(dir, f), 'utf8').trim()).join('\n\n');
}

/** @returns {License[]} */
function ofCrates() {
  const host = /^host: (.*)$/m.exec(capture('rustc', ['-vV']) ?? '')?.[1];
  const only = host ? ['--filter-platform', host] : [];
  const text = capture('cargo', [
    ...['metadata', '--format-version', '1', '--locked', '--manifest-path', nativeManifest],
    ...only,
  ]);
  if (!text) throw new Stop('cargo metadata failed: the licences of the crates cannot be listed');
  /** @type {{ packages: { id: string, name: string, version: string, license: string | null, manifest_path: string, source: string | null }[], resolve: { nodes: { id: string, deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }[] } }} */
  const { packages, resolve } = JSON.parse(text);
  const depsOf = new Map(
    resolve.nodes.map((n) => [n.id, n.deps.filter((d) => d.dep_kinds.some((k) => k.kind === null)).map((d) => d.pkg)]),
  );
  const waiting = packages.filter((p) => SHIPPED.includes(p.name)).map((p) => p.id);
  const inside = new Set(waiting);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const dep of depsOf.get(id) ?? [])
      if (!inside.has(dep)) {
        inside.add(dep);
        waiting.push(dep);
      }
  return packages
    .filter((p) => inside.has(p.id) && p.source !== null)
    .map((p) => ({
      name: p.name,
      version: p.version,
      license: p.license ?? 'see its text',
      kind: 'crate',
      text: licenceText(dirname(p.manifest_path)),
    }));
}

/** The same as one text, for packages. @param {string} file */
export function writeLicenses(file) {
  if (!existsSync(licensesJson)) throw new Stop('The app is not bundled yet: npm run setup');
  /** @type {License[]} */
  const all = JSON.parse(readFileSync(licensesJson, 'utf8'));
  const text = [
    'Tracewell contains the following. Electron and Chromium: LICENSE* beside the program.',
    ...all.map(({ name, version, license, text }) => [`${name} ${version} (${license})`, text].join('\n\n').trim()),
  ];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.join(`\n\n${'-'.repeat(80)}\n\n`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2];
  if (!file) throw new Error('usage: node build/package/licenses.mjs FILE');
  writeLicenses(file);
}
