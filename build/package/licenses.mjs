// The licences of everything that is inside the package: npm packages by the lock file's folders, crates by cargo.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeManifest, root } from '../paths.mjs';
import { capture, Stop } from '../processes.mjs';

/** npm packages whose code is bundled into the app (docs/dependencies.md); the rest only builds and tests it. */
const BUNDLED =
  /^(vue|@vue\/.*|pinia|echarts|zrender|tslib|lucide-vue-next|@fontsource-variable\/.*|valibot|atomically|string-argv|stubborn-.*|when-exit|@hpcc-js\/.*)$/;

/** @param {string} file */
export function writeLicenses(file) {
  const npm = Object.keys(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages)
    .map((p) => p.replace(/^.*node_modules\//, ''))
    .filter((name, i, all) => BUNDLED.test(name) && all.indexOf(name) === i)
    .map((name) => entry(name, join(root, 'node_modules', name)));
  const text = [
    'Tracewell contains the following. Electron and Chromium: LICENSE* beside the program.',
    ...npm,
    ...crates(),
  ];
  writeFileSync(file, text.join(`\n\n${'-'.repeat(80)}\n\n`));
}

/** @param {string} name @param {string} dir */
function entry(name, dir) {
  const { version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  return [`${name} ${version} (${license ?? 'see below'})`, licenceText(dir)].join('\n\n').trim();
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

function crates() {
  const text = capture('cargo', ['metadata', '--format-version', '1', '--locked', '--manifest-path', nativeManifest]);
  if (!text) throw new Stop('cargo metadata failed: the licences of the crates cannot be listed');
  const { packages } =
    /** @type {{ packages: { name: string, version: string, license: string | null, manifest_path: string, source: string | null }[] }} */ (
      JSON.parse(text)
    );
  return packages
    .filter((p) => p.source !== null)
    .map((p) =>
      [`${p.name} ${p.version} (${p.license ?? 'see below'})`, licenceText(join(p.manifest_path, '..'))]
        .join('\n\n')
        .trim(),
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2];
  if (!file) throw new Error('usage: node build/package/licenses.mjs FILE');
  mkdirSync(dirname(file), { recursive: true });
  writeLicenses(file);
}
