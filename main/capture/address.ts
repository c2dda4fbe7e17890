// Which addresses a fetch may go to. Loopback and private ones are ordinary here (a program on this machine); what must
// not happen is that somebody else's redirect leads there.
import { isIPv4, isIPv6 } from 'node:net';
import { CaptureError } from './failure';

/** `metadata`: link-local, where clouds serve the keys of a machine. */
export type Reach = 'loopback' | 'private' | 'metadata' | 'public';

function reachOfV4(ip: string): Reach {
  const [a = 0, b = 0] = ip.split('.').map(Number);
  if (a === 127 || a === 0) return 'loopback';
  if (a === 169 && b === 254) return 'metadata';
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b <= 127) return 'private'; // shared by carriers and VPNs
  return 'public';
}

/** Where an IP address lies. IPv4 inside IPv6 counts as what it is. */
export function reachOf(ip: string): Reach {
  if (isIPv4(ip)) return reachOfV4(ip);
  if (!isIPv6(ip)) return 'public';
  const plain = ip.toLowerCase().split('%', 1)[0] ?? '';
  const mapped = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped) return reachOfV4(mapped);
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain);
  if (hex) {
    const [hi, lo] = [parseInt(hex[1] ?? '0', 16), parseInt(hex[2] ?? '0', 16)];
    return reachOfV4([hi >> 8, hi & 255, lo >> 8, lo & 255].join('.'));
  }
  if (plain === '::1' || plain === '::') return 'loopback';
  if (/^fe[89ab]/.test(plain) || plain === 'fd00:ec2::254') return 'metadata';
  if (/^f[cd]/.test(plain)) return 'private';
  return 'public';
}

/** The address someone typed, as a URL. `path`: what it gets when it has none. Errors: BAD_REQUEST. */
export function readAddress(typed: string, defaultPath: string): URL {
  const text = typed.trim();
  const bad = (why: string): CaptureError => new CaptureError('BAD_REQUEST', why);
  if (text === '') throw bad('Give an address, for example http://localhost:6060.');
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw bad(`“${text.slice(0, 100)}” is not an address; it looks like http://localhost:6060.`);
  }
  requireHttp(url);
  if (url.username !== '' || url.password !== '')
    throw bad('Leave name and password out of the address; give a header instead.');
  if (url.pathname === '/' || url.pathname === '') url.pathname = defaultPath;
  url.hash = '';
  return url;
}

/** Errors: NOT_ALLOWED for `file:` and all others but http and https. */
export function requireHttp(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new CaptureError('NOT_ALLOWED', `Only http and https are fetched, not ${url.protocol.slice(0, 20)}`);
}

/** A question to the user before a fetch goes on to where a redirect leads; null: no need to ask. */
export function redirectQuestion(from: URL, fromReach: Reach, to: URL, toReach: Reach): string | null {
  if (toReach === 'metadata')
    throw new CaptureError(
      'NOT_ALLOWED',
      `${from.host} redirects to ${to.host}, an address that only a machine itself should ask; it was not followed.`,
    );
  if (from.protocol === 'https:' && to.protocol === 'http:')
    return `${from.host} redirects to ${to.host} without encryption. Follow it?`;
  if (from.host === to.host) return null;
  if (fromReach === 'public' && toReach !== 'public')
    return `${from.host} redirects to ${to.host}, which is on your own machine or network. Follow it?`;
  return `${from.host} redirects to ${to.host}. Follow it?`;
}
