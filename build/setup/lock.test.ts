import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from './lock.mjs';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracewell-lock-'));
  file = join(folder, 'setup.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('takeLock', () => {
  it('names its owner and leaves nothing behind', async () => {
    const release = await takeLock(file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    release();
    expect(existsSync(file)).toBe(false);
  });

  it('lets the second wait, says so once, and gives it the lock when the first has ended', async () => {
    const order: string[] = [];
    const releaseFirst = await takeLock(file, { pollMs: 1 });
    const waiting = new Promise<void>((resolve) => {
      void takeLock(file, {
        pollMs: 1,
        onWait: (owner) => {
          order.push(`second waits for ${owner.pid}`);
          resolve();
        },
      }).then((release) => {
        order.push('second has it');
        release();
      });
    });
    await waiting;
    order.push('first ends');
    releaseFirst();
    (await takeLock(file, { pollMs: 1 }))();
    await expect.poll(() => order).toEqual([`second waits for ${process.pid}`, 'first ends', 'second has it']);
  });

  it('never has two owners at once, also when all begin by finding a stale lock', async () => {
    writeFileSync(file, JSON.stringify({ pid: deadPid(), born: '1', host: hostname(), nonce: 'gone' }));
    let owners = 0;
    let most = 0;
    const one = async (): Promise<void> => {
      const release = await takeLock(file, { pollMs: 1 });
      most = Math.max(most, ++owners);
      await new Promise((resolve) => setImmediate(resolve));
      owners--;
      release();
    };
    await Promise.all(Array.from({ length: 12 }, one));
    expect(most).toBe(1);
  });

  it.each([
    ['of a process that is gone', () => ({ pid: deadPid(), born: '1', host: hostname(), nonce: 'a' })],
    [
      'of an earlier process with the number of a living one',
      () => ({ pid: process.pid, born: 'earlier', host: hostname(), nonce: 'b' }),
    ],
  ])('takes over the lock %s', async (_, owner) => {
    writeFileSync(file, JSON.stringify(owner()));
    (await takeLock(file, { pollMs: 1 }))();
    expect(existsSync(file)).toBe(false);
  });

  it('takes over a file that no set-up wrote', async () => {
    writeFileSync(file, 'half of');
    (await takeLock(file, { pollMs: 1 }))();
    expect(existsSync(file)).toBe(false);
  });

  it('waits for an owner on another machine that shows that it lives', async () => {
    writeFileSync(file, JSON.stringify({ pid: deadPid(), born: '', host: 'elsewhere', nonce: 'c' }));
    let release: (() => void) | null = null;
    await new Promise<void>((resolve) => {
      void takeLock(file, { pollMs: 1, onWait: () => resolve() }).then((r) => (release = r));
    });
    expect(release).toBeNull();
    rmSync(file);
    await expect.poll(() => release).not.toBeNull();
    release!();
  });
});
