import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { feedOf, type Feed } from './feed';
import { isNewer, isSigned, readManifest } from './signed-manifest';
import { Updates, type UpdateParts } from './updates';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const feed: Feed = { url: 'https://example.invalid/', publicKey: pem, manifest: 'latest-linux.yml' };
const manifest = (version: string, sum = 'c3Vt'): string =>
  `version: ${version}\nfiles:\n  - url: T.AppImage\n    sha512: ${sum}\n    size: 5\npath: T.AppImage\n`;
const signed = (text: string): string => sign(null, Buffer.from(text), privateKey).toString('base64');

interface Served {
  text: string;
  signature: string;
}
function make(served: Served | null, more: Partial<UpdateParts> = {}, found = { version: '2.0.0', sums: ['c3Vt'] }) {
  const asked: string[] = [];
  let loaded = 0;
  const updates = new Updates({
    feed,
    version: '1.0.0',
    fetchFile: (url) => {
      asked.push(url);
      if (!served) return Promise.reject(new Error('The update feed could not be reached.'));
      return Promise.resolve(Buffer.from(url.endsWith('.sig') ? served.signature : served.text));
    },
    updater: () => ({
      find: () => Promise.resolve(found),
      load: () => {
        loaded++;
        return Promise.resolve();
      },
    }),
    log: () => undefined,
    ...more,
  });
  return { updates, asked, loaded: () => loaded };
}
const good = { text: manifest('2.0.0'), signature: signed(manifest('2.0.0')) };

describe('E7.3: updates', () => {
  test('nothing is asked before the user asks, and nothing at all without a feed', async () => {
    const { updates, asked } = make(good);
    expect(updates.state.kind).toBe('idle');
    expect(asked).toEqual([]);
    const off = make(good, { feed: { reason: 'This build has none.' } });
    expect(await off.updates.check()).toMatchObject({ kind: 'off', sentence: 'This build has none.' });
    expect(await off.updates.load()).toMatchObject({ kind: 'off' });
    expect(off.asked).toEqual([]);
  });

  test('a newer, signed version is found, and loaded when the user says so', async () => {
    const { updates, loaded } = make(good);
    expect(await updates.check()).toMatchObject({ kind: 'found', version: '2.0.0' });
    expect(loaded()).toBe(0);
    expect(await updates.load()).toMatchObject({ kind: 'ready', version: '2.0.0' });
    expect(loaded()).toBe(1);
  });

  test.each([
    ['a wrong signature', { text: manifest('2.0.0'), signature: signed(manifest('2.0.1')) }],
    ['a signature that is none', { text: manifest('2.0.0'), signature: 'x' }],
    ['no signature', { text: manifest('2.0.0'), signature: '' }],
  ])('%s is refused', async (_what, served) => {
    const { updates, loaded } = make(served);
    expect(await updates.check()).toMatchObject({
      kind: 'failed',
      sentence: expect.stringContaining('not signed') as string,
    });
    await updates.load();
    expect(loaded()).toBe(0);
  });

  test.each(['1.0.0', '0.9.9', '1.0.0-beta.1'])('%s is no update', async (version) => {
    const { updates, loaded } = make({ text: manifest(version), signature: signed(manifest(version)) });
    expect(await updates.check()).toMatchObject({ kind: 'current' });
    await updates.load();
    expect(loaded()).toBe(0);
  });

  test('other files than those that were signed are not loaded', async () => {
    for (const found of [
      { version: '2.0.0', sums: ['b3RoZXI='] },
      { version: '2.0.1', sums: ['c3Vt'] },
      { version: '2.0.0', sums: [] },
    ]) {
      const { updates, loaded } = make(good, {}, found);
      await updates.check();
      expect(await updates.load()).toMatchObject({ kind: 'failed' });
      expect(loaded()).toBe(0);
    }
  });

  test('a feed that cannot be reached is said, and can be asked again', async () => {
    const { updates, asked } = make(null);
    expect(await updates.check()).toMatchObject({ kind: 'failed', sentence: 'The update feed could not be reached.' });
    await updates.check();
    expect(asked).toHaveLength(2);
  });

  test('a build without feed or key asks nobody', () => {
    const build = { isPackaged: true, platform: 'linux', appImage: '/x.AppImage' } as const;
    const with_ = (config: unknown) => feedOf({ ...build, config: JSON.stringify(config) });
    expect(with_({ feed: 'https://u.invalid/t', publicKey: pem })).toEqual({
      url: 'https://u.invalid/t/',
      publicKey: pem,
      manifest: 'latest-linux.yml',
    });
    for (const config of [
      null,
      { feed: null, publicKey: null },
      { feed: 'https://u.invalid/', publicKey: null },
      { feed: 'http://u.invalid/', publicKey: pem },
      { feed: null, publicKey: pem },
    ])
      expect(with_(config)).toHaveProperty('reason');
    expect(feedOf({ ...build, config: '{' })).toHaveProperty('reason');
    expect(feedOf({ ...build, isPackaged: false, config: null })).toHaveProperty('reason');
    expect(feedOf({ ...build, appImage: undefined, config: null })).toHaveProperty('reason');
  });
});

test('versions are compared as numbers', () => {
  expect(isNewer('1.10.0', '1.9.9')).toBe(true);
  expect(isNewer('1.0.0', '1.0.0-rc.1')).toBe(true);
  expect(isNewer('1.0.0-rc.10', '1.0.0-rc.9')).toBe(true);
  expect(isNewer('1.0', '0.1.0')).toBe(false);
  expect(() => readManifest('files: []')).toThrow('cannot be read');
  expect(readManifest(manifest("'3.1.0'")).version).toBe('3.1.0');
  expect(isSigned(Buffer.from('x'), signed('x'), 'no key')).toBe(false);
});
