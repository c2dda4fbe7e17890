// An .rpm of the tree, by rpmbuild.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { run, Stop } from '../processes.mjs';

/** @param {string} tree @param {{ version: string, label: string, out: string }} how @returns {Promise<string>} the file */
export async function makeRpm(tree, { version, label, out }) {
  const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const top = join(out, 'rpm');
  mkdirSync(top, { recursive: true });
  const spec = join(top, 'tracewell.spec');
  writeFileSync(
    spec,
    `Name: tracewell
Version: ${version}
Release: 1
Summary: ${pkg.description}
License: ${pkg.license}
BuildArch: x86_64
AutoReqProv: no
Requires: gtk3, nss, alsa-lib, mesa-libgbm, libXScrnSaver, xdg-utils, shared-mime-info, desktop-file-utils
%global __os_install_post %{nil}
%define _build_id_links none
%description
Opens Go execution traces of any version and size, and answers why a program is slow.${label ? '\nRound a runtime for development: not for release.' : ''}
%files
%defattr(-,root,root)
%attr(4755,root,root) /usr/lib/tracewell/chrome-sandbox
/usr/lib/tracewell
/usr/bin/tracewell
/usr/share/applications/tracewell.desktop
/usr/share/mime/packages/tracewell.xml
/usr/share/icons/hicolor/scalable/apps/tracewell.svg
/usr/share/doc/tracewell
%install
cp -a "${tree}/." %{buildroot}/
`,
  );
  await run('rpmbuild', [
    '-bb',
    '--quiet',
    '--define',
    `_topdir ${top}`,
    '--define',
    '_binary_payload w1.zstdio',
    '--target',
    'x86_64',
    spec,
  ]);
  const folder = join(top, 'RPMS/x86_64');
  const [made] = readdirSync(folder);
  if (!made) throw new Stop('rpmbuild made no package');
  const file = join(out, `tracewell${label}-${version}-1.x86_64.rpm`);
  cpSync(join(folder, made), file);
  rmSync(top, { recursive: true, force: true });
  return file;
}
