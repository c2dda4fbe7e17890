// What a feed says of the newest version, believed only when it is signed. electron-updater itself checks signatures of
// installers on Windows and macOS, but on Linux only a sum that stands in the same unsigned file; so the file is signed.
import { createPublicKey, verify } from 'node:crypto';

export interface Manifest {
  readonly version: string;
  /** SHA-512 of each file, base64. */
  readonly sums: readonly string[];
}

/** True when `signature` (base64) is that of the key (PEM, Ed25519) over exactly these bytes. Never throws. */
export function isSigned(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  try {
    const key = createPublicKey(publicKey);
    return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, Buffer.from(signature.trim(), 'base64'));
  } catch {
    return false;
  }
}

/** Reads the few lines of `latest-*.yml` that count. Errors: a sentence. */
export function readManifest(text: string): Manifest {
  const unquoted = (s: string): string => s.trim().replace(/^(['"])(.*)\1$/, '$2');
  const [, version = ''] = /^version: *(.+)$/m.exec(text) ?? [];
  const sums = [...text.matchAll(/^\s+sha512: *(.+)$/gm)].map((m) => unquoted(m[1] ?? ''));
  if (!isVersion(unquoted(version)) || sums.length === 0) throw new Error('The update feed cannot be read.');
  return { version: unquoted(version), sums };
}

const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([0-9A-Za-z.-]{1,64}))?$/;
const isVersion = (text: string): boolean => VERSION.test(text);

/** Whether `version` comes after `than`; a pre-release comes before its release. Anything else than a version: no. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [VERSION.exec(version), VERSION.exec(than)];
  if (!a || !b) return false;
  for (const i of [1, 2, 3]) {
    const d = Number(a[i]) - Number(b[i]);
    if (d !== 0) return d > 0;
  }
  if (a[4] === b[4]) return false;
  if (a[4] === undefined || b[4] === undefined) return a[4] === undefined;
  return a[4].localeCompare(b[4], 'en', { numeric: true }) > 0;
}

/** The files that the updater found are those that were signed. */
export const sameFiles = (signed: Manifest, found: Manifest): boolean =>
  signed.version === found.version && found.sums.length > 0 && found.sums.every((s) => signed.sums.includes(s));
