// app://bundle/... serves the built page. There is no file:// anywhere.
import { net, protocol } from 'electron';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

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

export function handleAppScheme(rendererDir: string): void {
  protocol.handle('app', async (request) => {
    const file = fileOfUrl(rendererDir, request.url);
    if (file === null) return new Response('not found', { status: 404 });
    let found: Response;
    try {
      found = await net.fetch(pathToFileURL(file).toString());
    } catch {
      return new Response('not found', { status: 404 });
    }
    const headers = new Headers(found.headers);
    headers.set('Content-Security-Policy', policyOf(new URL(request.url).pathname));
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
    return new Response(found.body, { status: found.status, headers });
  });
}
