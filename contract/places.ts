// Where one can go in a trace: a page, what it is about, and a place in it. Links, history, session and `shot --page`
// all speak of it in these words.
import type { Nanos } from './units';

export interface PageRef {
  /** Id of the page: the name of its folder, and the first part of `shot --page`. */
  readonly page: string;
  /** What the page is about, as it is (not encoded): a function, a goroutine's id. Null: the page by itself. */
  readonly arg: string | null;
}

/** A step to take: a page and where in it. */
export interface PlaceRequest {
  readonly page: string;
  /** Left out: the page by itself. */
  readonly arg?: string | null;
  /** The range to show in View trace; null: the whole trace; left out: as it is. */
  readonly window?: { readonly fromNanos: Nanos; readonly toNanos: Nanos } | null;
  /** What to select there, as the page understands it; View trace: `P3@96642560`, row and time of a span. */
  readonly select?: string | null;
  /** How View trace shows it, in the words of a link; what it does not know, or is left out, is as at first. */
  readonly view?: ViewWords;
}

/** `rows`: processors, threads, goroutines or tasks; `colour`: by state, goroutine or function; `filter`: of the rows. */
export interface ViewWords {
  readonly rows?: string;
  readonly colour?: string;
  readonly filter?: string;
}

/** `goroutines/main.f%2Fx` → page `goroutines`, arg `main.f/x`. A name that is not rightly encoded is taken as it stands. */
export function parsePageRef(text: string): PageRef {
  const slash = text.indexOf('/');
  if (slash < 0) return { page: text, arg: null };
  const tail = text.slice(slash + 1);
  return { page: text.slice(0, slash), arg: tail === '' ? null : decoded(tail) };
}

export const formatPageRef = ({ page, arg }: PageRef): string =>
  arg === null ? page : `${page}/${encodeURIComponent(arg)}`;

export const samePage = (a: PageRef, b: PageRef): boolean => a.page === b.page && a.arg === b.arg;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The page that stands traces beside each other; its argument names them, one a line. */
export const COMPARE_PAGE = 'compare';

/** A trace as the argument of Compare names it: its path, and which of the file's traces it is where that is not the first. */
export interface SideRef {
  readonly path: string;
  readonly section: number;
}

/** N.B. a tab cannot stand in the name of a trace that is opened from here, and a line break neither. */
export const formatSides = (sides: readonly SideRef[]): string =>
  sides.map((s) => (s.section > 1 ? `${s.path}\t${s.section}` : s.path)).join('\n');

/** Errors: none; what names no path is left out. */
export function parseSides(arg: string | null): readonly SideRef[] {
  return (arg ?? '').split('\n').flatMap((line) => {
    const [path = '', section = '1'] = line.split('\t');
    const n = Number(section);
    return path === '' ? [] : [{ path, section: Number.isInteger(n) && n > 0 ? n : 1 }];
  });
}
