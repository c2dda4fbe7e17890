// A .deb of the tree, by dpkg-deb.
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { run } from '../processes.mjs';

const DEPENDS = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libasound2 | libasound2t64',
  'libgbm1',
  'libxss1',
  'libxkbcommon0',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libdrm2',
  'libnotify4',
  'xdg-utils',
  'shared-mime-info',
  'desktop-file-utils',
];

/** @param {string} tree @param {{ version: string, label: string, out: string }} how @returns {Promise<string>} the file */
export async function makeDeb(tree, { version, label, out }) {
  const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const control = join(tree, 'DEBIAN');
  const sizeKb = Math.ceil(sizeOf(tree) / 1024);
  mkdirSync(control, { recursive: true });
  chmodSync(control, 0o755);
  writeFileSync(
    join(control, 'control'),
    `Package: tracewell
Version: ${version}
Architecture: amd64
Maintainer: ${pkg.author} <tracewell@localhost>
Section: devel
Priority: optional
Installed-Size: ${sizeKb}
Depends: ${DEPENDS.join(', ')}
Description: ${pkg.description}
 Opens Go execution traces of any version and size, and answers why a
 program is slow.${label ? '\n .\n Round a runtime for development: not for release.' : ''}
`,
  );
  const file = join(out, `tracewell${label}_${version}_amd64.deb`);
  await run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', tree, file]);
  rmSync(control, { recursive: true });
  return file;
}

/** @param {string} path @returns {number} */
function sizeOf(path) {
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
