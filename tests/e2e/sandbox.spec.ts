import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { launchApp } from './launch';

const isRoot = process.getuid?.() === 0;

test('the page runs in the sandbox of the system, unless root started the app', async () => {
  test.skip(process.platform !== 'linux', 'reads /proc');
  const { app, page, close } = await launchApp();
  const { withoutSandbox, pid } = await app.evaluate(({ app: electron, BrowserWindow }) => ({
    withoutSandbox: electron.commandLine.hasSwitch('no-sandbox'),
    pid: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
  }));
  expect(withoutSandbox).toBe(isRoot);
  // 2: system calls are filtered; 0: they are not.
  const seccomp = /^Seccomp:\s+(\d)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  expect(seccomp).toBe(isRoot ? '0' : '2');
  expect(await page.evaluate(() => 'require' in globalThis || 'process' in globalThis)).toBe(false);
  await close();
});
