// The file tree that deb and rpm share.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../paths.mjs';

const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** `%U`: several files or links at once. The command is the one that people type. */
export const DESKTOP = `[Desktop Entry]
Type=Application
Name=${pkg.productName}
GenericName=Execution trace viewer
Comment=${pkg.description}
Exec=tracewell open %U
Icon=tracewell
Terminal=false
Categories=Development;Profiling;
Keywords=go;golang;trace;performance;scheduler;pprof;
MimeType=application/x-go-execution-trace;x-scheme-handler/tracewell;
StartupWMClass=tracewell-app
StartupNotify=true
`;

/**
 * By its first bytes, \`go 1.NN trace\`; the names are only hints, for \`.out\` and \`.trace\` are others' too.
 */
export const MIME = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-go-execution-trace">
    <comment>Go execution trace</comment>
    <icon name="tracewell"/>
    <magic priority="60">
      <match type="string" offset="0" value="go 1.">
        <match type="string" offset="6:8" value=" trace"/>
      </match>
    </magic>
    <glob pattern="*.trace" weight="40"/>
    <glob pattern="*.trace.gz" weight="60"/>
  </mime-type>
</mime-info>
`;

/** @param {string} tree the folder to make @param {string} unpacked the app as electron-builder left it */
export function makeTree(tree, unpacked) {
  rmSync(tree, { recursive: true, force: true });
  const put = (/** @type {string} */ path, /** @type {string | Buffer} */ text) => {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o644);
  };
  const home = join(tree, 'usr/lib/tracewell');
  mkdirSync(dirname(home), { recursive: true });
  cpSync(unpacked, home, { recursive: true, verbatimSymlinks: true });
  // Used where the kernel gives no namespaces to users.
  chmodSync(join(home, 'chrome-sandbox'), 0o4755);
  chmodSync(join(home, 'resources/bin/tracewell'), 0o755);
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  symlinkSync('../lib/tracewell/resources/bin/tracewell', join(tree, 'usr/bin/tracewell'));
  put('usr/share/applications/tracewell.desktop', DESKTOP);
  put('usr/share/mime/packages/tracewell.xml', MIME);
  put('usr/share/icons/hicolor/scalable/apps/tracewell.svg', readFileSync(join(root, 'renderer/assets/icon.svg')));
  put(
    'usr/share/doc/tracewell/copyright',
    `${readFileSync(join(root, 'LICENSE'), 'utf8')}\n\nElectron and Chromium: /usr/lib/tracewell/LICENSE*\nAll others: /usr/lib/tracewell/resources/licenses.txt\n`,
  );
}
