import type { IpcMainInvokeEvent } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import { SHELL_METHODS, type ShellApi } from '../../contract/shell-api';
import { handleShellCalls, isOurPage, SHELL_SHAPES } from './shell-handlers';

vi.mock('electron', () => ({ net: {}, protocol: {} }));

test('every method of the contract has a shape, and no other', () => {
  expect(Object.keys(SHELL_SHAPES).sort()).toEqual([...SHELL_METHODS].sort());
});

describe('the sender', () => {
  const event = (id: number, url: string, inFrame = false): IpcMainInvokeEvent => {
    const frame = { url };
    return { sender: { id, mainFrame: inFrame ? {} : frame }, senderFrame: frame } as unknown as IpcMainInvokeEvent;
  };
  test.each([
    ['our page', true, event(1, 'app://bundle/?theme=dark')],
    ['another window', false, event(2, 'app://bundle/')],
    ['a frame in our page', false, event(1, 'app://bundle/', true)],
    ['another host', false, event(1, 'app://bundles/')],
    ['the web', false, event(1, 'https://bundle/')],
    ['no address', false, event(1, 'about:blank')],
  ])('%s: %s', (_name, trusted, e) => {
    expect(isOurPage(e, 1)).toBe(trusted);
  });
});

describe('calls', () => {
  const openPaths = vi.fn(() => Promise.resolve());
  let call: (method: unknown, input: unknown) => Promise<unknown> = () => Promise.resolve();
  let trusted = true;
  handleShellCalls(
    {
      handle: (_c: string, f: (...a: never[]) => unknown) =>
        (call = async (m, i) => f({} as never, m as never, i as never)),
    },
    { openPaths } as unknown as ShellApi,
    () => trusted,
  );

  test('of the right shape arrive', async () => {
    await call('openPaths', { paths: ['/a.trace'] });
    expect(openPaths).toHaveBeenLastCalledWith({ paths: ['/a.trace'] });
  });

  test.each([
    ['openPaths', { paths: ['relative.trace'] }],
    ['openPaths', { paths: ['/a\0b'] }],
    ['openPaths', { paths: '/a' }],
    ['openPaths', { paths: [], more: 1 }],
    ['openPaths', undefined],
    ['closeTrace', { traceId: 'x' }],
    ['setTheme', { setting: 'pink' }],
    ['constructor', null],
    ['__proto__', null],
    [7, null],
  ])('of the wrong shape are refused: %s %j', async (method, input) => {
    openPaths.mockClear();
    await expect(call(method, input)).rejects.toThrow('refused');
    expect(openPaths).not.toHaveBeenCalled();
  });

  test('of a stranger are refused', async () => {
    trusted = false;
    openPaths.mockClear();
    await expect(call('openPaths', { paths: ['/a.trace'] })).rejects.toThrow('sender');
    expect(openPaths).not.toHaveBeenCalled();
  });

  test('that come before the app stands wait for it', async () => {
    let stands = (): void => undefined;
    let early: (method: unknown, input: unknown) => Promise<unknown> = () => Promise.resolve();
    handleShellCalls(
      {
        handle: (_c: string, f: (...a: never[]) => unknown) =>
          (early = async (m, i) => f({} as never, m as never, i as never)),
      },
      { openPaths } as unknown as ShellApi,
      () => true,
      new Promise((ok) => (stands = ok)),
    );
    openPaths.mockClear();
    const asked = early('openPaths', { paths: ['/a.trace'] });
    await Promise.resolve();
    expect(openPaths).not.toHaveBeenCalled();
    stands();
    await asked;
    expect(openPaths).toHaveBeenCalledOnce();
  });
});
