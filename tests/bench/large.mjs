// `npm run test:large [-- FILE…]`: the engine on large and hard traces stays in its memory, and a second opening finds
// the index. Not part of `npm test`: it wants minutes, and traces that are made elsewhere (name them, or the folder in
// TRACEWELL_LARGE). Each runs inside a memory cgroup where one can be made; memory is the proportional set size (PSS) of
// the process, pages of the file included, sampled.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folderBytes, indexOnce, root } from './reference.mjs';

/** What the engine may take on top of an empty window. */
const LIMIT_MB = 450;
const SAMPLE_MS = 40;
/** Ticks of a second in /proc: the same on every Linux. */
const TICKS = 100;

/** A cgroup with a memory limit for the processes put in; null where none can be made (no rights, no cgroups). */
function memoryGroup() {
  const v1 = '/sys/fs/cgroup/memory';
  const v2 = '/sys/fs/cgroup';
  for (const [base, file] of [
    [v1, 'memory.limit_in_bytes'],
    [v2, 'memory.max'],
  ]) {
    const dir = path.join(base ?? '', `tracewell-${process.pid}`);
    try {
      mkdirSync(dir);
      writeFileSync(path.join(dir, file ?? ''), String(LIMIT_MB * 1e6));
      return { tasks: path.join(dir, 'cgroup.procs'), remove: () => rmdirSync(dir) };
    } catch {
      try {
        rmdirSync(dir);
      } catch {
        // It was never made.
      }
    }
  }
  return null;
}

/** Bytes of PSS of a process and of the shares of files in it; null when it is gone. @param {number} pid */
function pss(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return null;
  }
}

/** Time of both kinds that a process took so far, in ticks of the system; null when it is gone. @param {number} pid */
function cpuTicks(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return null;
  }
}

/**
 * Runs a command and looks at its memory. @param {string[]} command @param {object} env
 * @param {{tasks: string} | null} group
 */
async function watched([file = '', ...args], env, group) {
  const out = path.join(scratch, 'out');
  const sink = openSync(out, 'w');
  // Waits for a line before it begins, so that it is in its group from its first page on.
  const child = spawn('sh', ['-c', 'read _; exec "$0" "$@"', file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', sink, sink],
  });
  if (group && child.pid) writeFileSync(group.tasks, String(child.pid));
  child.stdin?.end('\n');
  let peak = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, pss(child.pid ?? 0) ?? 0);
    ticks = cpuTicks(child.pid ?? 0) ?? ticks;
  }, SAMPLE_MS);
  const code = await new Promise((done) => child.on('close', (status, signal) => done(status ?? signal)));
  clearInterval(timer);
  closeSync(sink);
  return { code, peakMb: peak / 1e6, cpuSeconds: ticks / TICKS, out: readFileSync(out, 'utf8') };
}

/** @param {string} file @param {ReturnType<typeof memoryGroup>} group */
async function check(file, group) {
  const cache = mkdtempSync(path.join(scratch, 'cache-'));
  const bytes = statSync(file).size;
  const env = { TRACEWELL_CACHE_DIR: cache };
  const first = await watched([indexOnce, file], env, group);
  const again = await watched([indexOnce, file], env, group);
  const kept = folderBytes(cache);
  const all = /** @param {string} text */ (text) => /^all of it after ([\d.]+)/m.exec(text)?.[1];
  const events = /** @param {string} text */ (text) => /^(\d+) events/m.exec(text)?.[1];
  const took = /** @param {string} text */ (text) => Number(/events in ([\d.]+) ms/.exec(text)?.[1] ?? NaN);
  const problems = [];
  if (first.code !== 0) problems.push(`ended with ${first.code}: ${first.out.trim().split('\n').at(-1)}`);
  if (again.code !== 0) problems.push(`the second opening ended with ${again.code}`);
  if (events(first.out) !== events(again.out)) problems.push('the second opening has another number of events');
  if (first.peakMb > LIMIT_MB) problems.push(`${first.peakMb.toFixed(0)} MB of memory, over ${LIMIT_MB}`);
  console.log(
    `| ${path.basename(file, '.trace')} | ${(bytes / 1e6).toFixed(0)} | ${took(first.out).toFixed(0)} | ` +
      `${/first spans after ([\d.]+)/.exec(first.out)?.[1] ?? ''} | ${all(first.out) ?? ''} | ` +
      `${first.cpuSeconds.toFixed(1)} | ${first.peakMb.toFixed(0)} | ` +
      `${took(again.out).toFixed(0)} | ${again.peakMb.toFixed(0)} | ${((100 * kept) / bytes).toFixed(1)} % |`,
  );
  for (const p of problems) console.log(`  ${path.basename(file)}: ${p}`);
  rmSync(cache, { recursive: true, force: true });
  return problems.length === 0;
}

const scratch = mkdtempSync(path.join(tmpdir(), 'tracewell-large-'));
const named = process.argv.slice(2);
const folder = process.env['TRACEWELL_LARGE'];
const files = named.length > 0 || !folder ? named : readdirSync(folder).map((f) => path.join(folder, f));
const traces = files.filter((f) => f.endsWith('.trace'));
const group = memoryGroup();
let good = true;
try {
  if (traces.length === 0) {
    console.log('skipped: name large traces, or the folder that holds them in TRACEWELL_LARGE');
  } else {
    const args = ['build', '--quiet', '--release', '-p', 'tracewell-slice', '--example', 'index_once'];
    const built = spawnSync('cargo', [...args, '--manifest-path', path.join(root, 'native-parse/Cargo.toml')]);
    if (built.status !== 0) throw new Error(built.stderr.toString());
    console.log(group ? `In a memory cgroup of ${LIMIT_MB} MB.` : 'Without a memory cgroup: none can be made here.');
    console.log(
      '| file | MB | full index ms | first spans ms | with sketches ms | CPU s, all | peak MB | second opening ms | peak MB | sidecar |',
    );
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
    for (const file of traces) good = (await check(file, group)) && good;
  }
} finally {
  group?.remove();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);
