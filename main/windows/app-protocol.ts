// app://bundle/... serves the built page. There is no file:// anywhere.
import { protocol } from 'electron';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export const APP_ORIGIN = 'app://bundle';

/** What the page may load: its own files, and pictures that it made itself. No inline script or style, no eval. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The thread that lays out call graphs runs Graphviz, which is WebAssembly; it alone may, and it can do nothing else. */
const LAYOUT_THREAD = /^\/assets\/graph-worker-[\w-]+\.js$/;
const LAYOUT_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** What a file of the bundle may do: a thread is under the policy that its own file comes with. */
export const policyOf = (pathname: string): string =>
  LAYOUT_THREAD.test(pathname) ? LAYOUT_POLICY : CONTENT_SECURITY_POLICY;

/** Must run before app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/** The file of a URL inside the folder; null when it points outside it. */
export function fileOfUrl(rendererDir: string, url: string): string | null {
  const { host, pathname } = new URL(url);
  if (host !== 'bundle') return null;
  let wanted: string;
  try {
    wanted = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    return null;
  }
  const file = path.join(rendererDir, path.normalize(wanted));
  return wanted.includes('\0') || path.relative(rendererDir, file).startsWith('..') ? null : file;
}

/** What the bundle is made of; anything else is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** Files by path, each for the first who asks for it. */
export type FilesAhead = Map<string, Promise<Buffer>>;

/** Begins to read the page and what its head names, so that they are at hand when the window asks. */
export function readAhead(rendererDir: string): FilesAhead {
  const page = path.join(rendererDir, 'index.html');
  let html: Buffer;
  try {
    html = readFileSync(page);
  } catch {
    return new Map();
  }
  const files: FilesAhead = new Map([[page, Promise.resolve(html)]]);
  for (const [, url = ''] of html.toString().matchAll(/(?:src|href)="(\/assets\/[\w.-]+)"/g)) {
    const bytes = readFile(path.join(rendererDir, url));
    // One that is missing is told to the window that asks for it.
    bytes.catch(() => undefined);
    files.set(path.join(rendererDir, url), bytes);
  }
  return files;
}

/**
 * Serves the bundle's files.
 * N.B. not `protocol.handle`, though it is the newer: its answers go through web streams, and before the first of them
 * Electron loads what those need. That and eight small files took 0.13 s of every start, this takes 0.03 s
 * (docs/performance.md; electron/electron#42612).
 * `appStands`: no script is given before, for it would ask the app. Resolves when the first file was handed out: the page.
 */
export function handleAppScheme(rendererDir: string, ahead: FilesAhead, appStands: Promise<void>): Promise<void> {
  let pageGiven = (): void => undefined;
  const given = new Promise<void>((ok) => (pageGiven = ok));
  protocol.registerBufferProtocol('app', (request, callback) => {
    const file = fileOfUrl(rendererDir, request.url);
    const bytes = file === null ? Promise.reject(new Error('outside')) : (ahead.get(file) ?? readFile(file));
    if (file !== null) ahead.delete(file);
    const { pathname } = new URL(request.url);
    Promise.all([bytes, pathname.endsWith('.js') ? appStands : undefined])
      .then(
        ([data]) => callback({ data, headers: headersOf(pathname, file ?? '') }),
        () => callback({ statusCode: 404, data: Buffer.from('not found'), headers: { 'Content-Type': 'text/plain' } }),
      )
      .then(pageGiven, pageGiven);
  });
  return given;
}

const headersOf = (pathname: string, file: string): Record<string, string> => ({
  'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream',
  'Content-Security-Policy': policyOf(pathname),
  'X-Content-Type-Options': 'nosniff',
  // N.B. no Cross-Origin-Opener-Policy: nobody can open a window of ours or be opened by one (security.ts), and because
  // of it Chromium would start a second process for the page and throw the first away, at every start.
  'Cross-Origin-Embedder-Policy': 'require-corp',
});
