// Memory of the app: the proportional set size of all its processes, so that shared pages count once.
import { readdirSync, readFileSync } from 'node:fs';

// Often enough for a peak that lasts; each sample walks the page tables of every process, which costs what it measures.
const SAMPLE_MS = 250;

/**
 * Watches a process and all below it until `stop`, which gives the highest sum that was seen (Linux; zeros elsewhere).
 * `fileBytes` is the part of it that is pages of files, mapped traces among them, which the system takes back when needed.
 * @param {number} rootPid
 */
export function watchMemory(rootPid) {
  let peak = { totalBytes: 0, fileBytes: 0, processCount: 0 };
  const sample = () => {
    const now = memoryOf(rootPid);
    if (now.totalBytes > peak.totalBytes) peak = now;
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** @param {number} rootPid */
export function memoryOf(rootPid) {
  const sum = { totalBytes: 0, fileBytes: 0, processCount: 0 };
  for (const pid of treeOf(rootPid)) {
    const text = read(`/proc/${pid}/smaps_rollup`);
    const kib = (/** @type {string} */ name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    if (!text) continue;
    sum.totalBytes += kib('Pss') * 1024;
    sum.fileBytes += kib('Pss_File') * 1024;
    sum.processCount++;
  }
  return sum;
}

/** A process and all that descend from it. @param {number} rootPid */
function treeOf(rootPid) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of listProcesses()) {
    const stat = read(`/proc/${name}/stat`);
    // The name in field 2 may hold blanks and brackets; the parent is field 4.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent > 0) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [rootPid];
  for (let i = 0; i < tree.length; i++) tree.push(...(children.get(/** @type {number} */ (tree[i])) ?? []));
  return tree;
}

function listProcesses() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Empty when the process has gone meanwhile. @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
