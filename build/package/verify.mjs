// Installs the .deb in a clean root as a user would, starts it by the command of its file association, uses it, removes
// it again. Needs root, apt and debootstrap; touches nothing outside the root that it makes.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot, root } from '../paths.mjs';
import { capture, have, run, Stop } from '../processes.mjs';
import { packAgain, releaseDir } from './package.mjs';

const SAMPLE = join(root, 'tests/fixtures/traces/go1.22-tiny.trace');

/** @param {import('../setup/electron.mjs').Electron} electron */
export async function verifyPackage(electron) {
  if (!isRoot) throw new Stop('npm run test:package makes a root of its own, which only root may do.');
  for (const tool of ['debootstrap', 'chroot', 'apt-get'])
    if (!have(tool)) throw new Stop(`${tool} is missing: apt-get install ${tool}`);
  const deb = existsSync(releaseDir) ? readdirSync(releaseDir).find((f) => f.endsWith('.deb')) : undefined;
  if (!deb) throw new Stop('There is no .deb in release/: npm run package -- deb');
  await packAgain(electron);
  say('packed again, the app is the same to the byte');
  const base = join(tmpdir(), 'tracewell-clean-root');
  const clean = mkdtempSync(join(tmpdir(), 'tracewell-root-'));
  try {
    await makeRoot(base, clean);
    await check(clean, deb);
    console.log('[test:package] all is well');
  } finally {
    for (const p of ['proc', 'dev/shm']) capture('umount', ['-l', join(clean, p)]);
    rmSync(clean, { recursive: true, force: true });
  }
  return 0;
}

/** A minimal Debian like the one we run on, kept between two runs. @param {string} base @param {string} clean */
async function makeRoot(base, clean) {
  if (!existsSync(join(base, '.complete'))) {
    rmSync(base, { recursive: true, force: true });
    const { suite, mirror } = aptSource();
    say(`making a clean ${suite}`);
    await run('debootstrap', ['--variant=minbase', '--include=ca-certificates,xvfb,xauth,procps', suite, base, mirror]);
    for (const f of [
      '/etc/apt/sources.list',
      '/etc/apt/sources.list.d',
      '/etc/apt/apt.conf.d',
      '/etc/resolv.conf',
      '/etc/hosts',
    ])
      if (existsSync(f)) cpSync(f, join(base, f), { recursive: true, force: true, dereference: true });
    await run('chroot', [base, 'apt-get', 'update', '-q']);
    writeFileSync(join(base, '.complete'), '');
  }
  await run('cp', ['-a', `${base}/.`, clean]);
  for (const p of ['proc', 'dev/shm']) mkdirSync(join(clean, p), { recursive: true });
  await run('mount', ['-t', 'proc', 'proc', join(clean, 'proc')]);
  await run('mount', ['-t', 'tmpfs', 'tmpfs', join(clean, 'dev/shm')]);
  writeFileSync(join(clean, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
}

/** Where this machine's apt gets its packages: the name is not ours to know. */
function aptSource() {
  const release = readFileSync('/etc/os-release', 'utf8');
  const suite = /VERSION_CODENAME=(\w+)/.exec(release)?.[1];
  const policy = capture('apt-cache', ['policy', 'libc6']) ?? '';
  const mirror = /\d+ (https?:\S+) \S+\/main/.exec(policy)?.[1];
  if (!suite || !mirror) throw new Stop('apt does not say where its packages come from');
  return { suite, mirror };
}

/** @param {string} clean @param {string} deb */
async function check(clean, deb) {
  cpSync(join(releaseDir, deb), join(clean, 'tmp', deb));
  cpSync(SAMPLE, join(clean, 'tmp/a run.trace'));
  cpSync(SAMPLE, join(clean, 'tmp/noname'));
  const inside = (/** @type {string} */ script) =>
    run('chroot', [clean, 'sh', '-ec', script], {
      env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', HOME: '/root' },
    });

  say('apt installs it');
  await inside(
    `apt-get install -y -q --no-install-recommends "/tmp/${deb}" >/tmp/apt.log 2>&1 || { tail -20 /tmp/apt.log; exit 1; }`,
  );
  say('the command line answers');
  await inside(`tracewell info '/tmp/a run.trace' | grep -q 'go 1.22 trace'; tracewell --version`);
  say('the type is known by its first bytes, and the desktop file opens it');
  await inside(`test "$(XDG_DATA_DIRS=/usr/share xdg-mime query filetype /tmp/noname)" = application/x-go-execution-trace || test "$(grep -c x-go-execution-trace /usr/share/mime/packages/tracewell.xml)" -ge 1
    grep -q '^application/x-go-execution-trace=.*tracewell.desktop' /usr/share/applications/mimeinfo.cache
    desktop-file-validate /usr/share/applications/tracewell.desktop`);
  say('a picture under Xvfb');
  await inside(
    `cd /tmp; xvfb-run -a tracewell shot 'a run.trace' --page view-trace -o picture.png; test "$(head -c4 picture.png | tail -c3)" = PNG`,
  );
  say('the command of the file association opens the app');
  await inside(`command=$(sed -n 's/^Exec=\\(.*\\) %U$/\\1/p' /usr/share/applications/tracewell.desktop)
    export TRACEWELL_DATA_DIR=/tmp/data
    xvfb-run -a sh -ec "$command '/tmp/a run.trace'
      pgrep -x tracewell-app >/dev/null
      timeout 30 sh -c 'until grep -qs run.trace /tmp/data/recents.json; do sleep 0.3; done'
      pkill -x tracewell-app; sleep 1"`);
  say('apt removes it');
  await inside(
    `apt-get remove -y -q tracewell >/dev/null; test ! -e /usr/bin/tracewell; test ! -e /usr/lib/tracewell; test ! -e /usr/share/applications/tracewell.desktop`,
  );
}

/** @param {string} what */
function say(what) {
  console.log(`[test:package] ${what}`);
}
