// `tracewell://open?…`: a link that anybody may have written. It is read strictly and does nothing by itself: what it
// asks for is shown to the user first.
import path from 'node:path';
import { parsePageRef, type PageRef, type ViewWords } from '../../contract/places';
import type { Nanos } from '../../contract/units';

export interface DeepLink {
  /** Exactly one of the two is there. */
  readonly file: string | null;
  readonly url: string | null;
  readonly page: PageRef | null;
  readonly window: { readonly fromNanos: Nanos; readonly toNanos: Nanos } | null;
  readonly select: string | null;
  /** Null: the link says nothing of it. */
  readonly view: ViewWords | null;
}

export const LINK_SCHEME = 'tracewell:';
const MAX_LINK_CHARS = 8192;
const KNOWN = new Set(['file', 'url', 'page', 'from', 'to', 'select', 'rows', 'colour', 'filter']);

export const isLink = (text: string): boolean => text.slice(0, LINK_SCHEME.length).toLowerCase() === LINK_SCHEME;

/** What a link asks for. Errors: a sentence for the user. Opens, fetches and looks at nothing. */
export function readLink(text: string): DeepLink {
  if (text.length > MAX_LINK_CHARS) throw new Error('That link is too long to be one of Tracewell’s.');
  let link: URL;
  try {
    link = new URL(text);
  } catch {
    throw new Error('That link is broken: it looks like tracewell://open?file=/path/to/trace.');
  }
  // N.B. of a scheme that is not special, `//open` is the host in some versions of URL and the path in others.
  const verb = (link.host || link.pathname.replace(/^\/+/, '')).replace(/\/+$/, '');
  if (link.protocol !== LINK_SCHEME || verb !== 'open')
    throw new Error('Tracewell has links of one kind only: tracewell://open?…');
  const given = link.searchParams;
  for (const name of given.keys())
    if (!KNOWN.has(name) || given.getAll(name).length > 1)
      throw new Error(`The link says ${name.slice(0, 40)}, which this version does not know; it was not opened.`);
  const file = given.get('file');
  const url = given.get('url');
  if ((file === null) === (url === null)) throw new Error('The link names no trace: it wants file= or url=.');
  return {
    file: file === null ? null : readFile(file),
    url: url === null ? null : readUrl(url),
    page: readPage(given.get('page')),
    window: readWindow(given.get('from'), given.get('to')),
    select: readSelect(given.get('select')),
    view: readView(given),
  };
}

function readFile(file: string): string {
  // Paths on other machines would be asked for over the network as soon as they are looked at.
  if (file.includes('\0') || !path.isAbsolute(file) || /^[\\/]{2}/.test(file))
    throw new Error('The link names a file that is not a path on this computer; it was not opened.');
  return path.normalize(file);
}

function readUrl(text: string): string {
  let url: URL | null = null;
  try {
    url = new URL(text);
  } catch {
    // Said below.
  }
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '')
    throw new Error('The link names an address that is not http or https; it was not opened.');
  return url.href;
}

function readPage(text: string | null): PageRef | null {
  if (text === null) return null;
  const page = parsePageRef(text);
  if (!/^[a-z][a-z-]{0,40}$/.test(page.page) || (page.arg?.length ?? 0) > 4096)
    throw new Error('The link names a page that cannot be; it was not opened.');
  return page;
}

function readWindow(from: string | null, to: string | null): DeepLink['window'] {
  if (from === null && to === null) return null;
  const [fromNanos, toNanos] = [Number(from ?? NaN), Number(to ?? NaN)];
  const isTime = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
  if (!isTime(fromNanos) || !isTime(toNanos) || fromNanos >= toNanos)
    throw new Error('The link names a time that cannot be: from and to are whole nanoseconds, from less than to.');
  return { fromNanos, toNanos };
}

function readSelect(text: string | null): string | null {
  if (text !== null && !/^[\w@.:-]{1,100}$/.test(text))
    throw new Error('The link selects what cannot be; it was not opened.');
  return text;
}

function readView(given: URLSearchParams): ViewWords | null {
  const view: { -readonly [K in keyof ViewWords]: string } = {};
  for (const name of ['rows', 'colour', 'filter'] as const) {
    const text = given.get(name);
    if (text === null) continue;
    if (name === 'filter' ? text.length > 2000 : !/^[a-z]{1,20}$/.test(text))
      throw new Error('The link names a view that cannot be; it was not opened.');
    view[name] = text;
  }
  return Object.keys(view).length > 0 ? view : null;
}

/** What the user is asked before anything is read. */
export const linkQuestion = (link: DeepLink): string =>
  link.file === null
    ? `A link asks Tracewell to fetch a trace from ${link.url ?? ''}. Fetch and open it?`
    : `A link asks Tracewell to open ${link.file}. Open it?`;
