// One set-up at a time in a clone: a lock file that names its owner. Two at once are safe, the second waits; the lock
// of a process that is gone is taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/** An owner on another machine (a shared folder, a container) shows that it lives by touching the file this often. */
const TOUCH_MS = 5_000;
const FOREIGN_STALE_MS = 60_000;

/** @typedef {{ pid: number, born: string, host: string, nonce: string }} Owner */

/**
 * Waits for the lock and takes it; the returned function gives it back.
 * @param {string} file
 * @param {{ onWait?: (owner: Owner) => void, pollMs?: number }} [options] `onWait` is called once, when somebody else has it
 * @returns {Promise<() => void>}
 */
export async function takeLock(file, { onWait, pollMs = 200 } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  const me = {
    pid: process.pid,
    born: birthOf(process.pid),
    host: hostname(),
    nonce: `${Date.now()}-${Math.random()}`,
  };
  for (let told = false; !tryCreate(file, me);) {
    const owner = readOwner(file);
    if (owner && !isStale(file, owner)) {
      if (!told) onWait?.(owner);
      told = true;
    } else if (owner) removeStale(file, owner);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const touch = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Removed by hand; the set-up itself can go on.
    }
  }, TOUCH_MS);
  touch.unref();
  const release = () => {
    clearInterval(touch);
    process.off('exit', release);
    if (readOwner(file)?.nonce === me.nonce) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return release;
}

/**
 * The file appears with its whole content or not at all, which writing with the flag `wx` would not give.
 * @param {string} file
 * @param {Owner} me
 */
function tryCreate(file, me) {
  const own = `${file}.${me.pid}.${me.nonce}`;
  writeFileSync(own, JSON.stringify(me));
  try {
    linkSync(own, file);
    return true;
  } catch (e) {
    if (/** @type {NodeJS.ErrnoException} */ (e).code !== 'EEXIST') throw e;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {Owner | null}
 */
function readOwner(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (e) {
    if (/** @type {NodeJS.ErrnoException} */ (e).code === 'ENOENT') return null;
    // Not ours, or cut by a full disk: no process that runs has written it.
    if (e instanceof SyntaxError) return { pid: 0, born: '', host: hostname(), nonce: '' };
    throw e;
  }
}

/**
 * @param {string} file
 * @param {Owner} owner
 */
function isStale(file, owner) {
  if (owner.host !== hostname())
    return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > FOREIGN_STALE_MS;
  if (owner.pid <= 0) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (e) {
    // EPERM: it lives and belongs to somebody else.
    if (/** @type {NodeJS.ErrnoException} */ (e).code === 'ESRCH') return true;
  }
  return owner.born !== birthOf(owner.pid);
}

/**
 * Removes the lock that was found stale, and no other: two that find it at the same time agree by a second lock, which
 * is held for no longer than this function runs.
 * @param {string} file
 * @param {Owner} owner
 */
function removeStale(file, owner) {
  const guard = `${file}.takeover`;
  const me = { pid: process.pid, born: birthOf(process.pid), host: hostname(), nonce: owner.nonce };
  if (!tryCreate(guard, me)) {
    const other = readOwner(guard);
    if (other && isStale(guard, other)) rmSync(guard, { force: true });
    return;
  }
  try {
    if (readOwner(file)?.nonce === owner.nonce) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * When a process began, as the system writes it: tells it from a later one with the same number. Empty where /proc is missing.
 * @param {number} pid
 */
function birthOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the name in field 2 may hold blanks and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
