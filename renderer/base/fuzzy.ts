// Finds what was typed inside names, letter by letter in order: "vt" finds "View trace". Pure.

export interface FuzzyMatch {
  /** Higher is better. */
  readonly score: number;
  /** Places of the letters in the text, rising. */
  readonly at: readonly number[];
}

const START = 12;
const WORD = 8;
const NEXT = 6;
const GAP = -0.15;

const isWordStart = (text: string, i: number): boolean => {
  const before = text[i - 1];
  if (before === undefined || /[\s/.():_*…-]/.test(before)) return true;
  return /[a-z]/.test(before) && /[A-Z]/.test(text[i]!);
};

/** How well `query` is found in `text`; null when it is not. Spaces in the query are passed over. Cost: O(text). */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | null {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, '');
  if (wanted === '') return { score: 0, at: [] };
  const low = text.toLowerCase();
  // What stands there as it was typed is better than any scattering of its letters.
  const whole = wholeAt(query.trim().toLowerCase(), text, low);
  if (whole) return whole;
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    const i = bestNext(letter, text, low, from, at.at(-1) ?? -2);
    if (i < 0) return null;
    score += scoreOf(text, i, at.at(-1) ?? null);
    at.push(i);
    from = i + 1;
  }
  return { score: score - text.length * 0.02, at };
}

function wholeAt(query: string, text: string, low: string): FuzzyMatch | null {
  let found = low.indexOf(query);
  for (let i = found; i >= 0; i = low.indexOf(query, i + 1)) {
    if (!isWordStart(text, i)) continue;
    found = i;
    break;
  }
  if (found < 0) return null;
  const bonus = found === 0 ? START : isWordStart(text, found) ? WORD : 0;
  return {
    score: query.length * NEXT + bonus + 10 - text.length * 0.02,
    at: Array.from({ length: query.length }, (_, i) => found + i),
  };
}

/** The next place of a letter: right after the last one, else the next start of a word, else the next at all. */
function bestNext(letter: string, text: string, low: string, from: number, last: number): number {
  const first = low.indexOf(letter, from);
  if (first < 0 || first === last + 1) return first;
  for (let i = first; i >= 0; i = low.indexOf(letter, i + 1)) if (isWordStart(text, i)) return i;
  return first;
}

function scoreOf(text: string, i: number, last: number | null): number {
  const near = last === null ? 0 : last + 1 === i ? NEXT : (i - last) * GAP;
  return 1 + near + (i === 0 ? START : isWordStart(text, i) ? WORD : 0);
}

/** The best of many, best first; equal ones stay in their order. */
export function fuzzyFilter<T>(
  query: string,
  items: readonly T[],
  textOf: (item: T) => string,
  most: number,
): { readonly item: T; readonly match: FuzzyMatch }[] {
  const found: { item: T; match: FuzzyMatch }[] = [];
  for (const item of items) {
    const match = fuzzyMatch(query, textOf(item));
    if (match) found.push({ item, match });
  }
  return found.sort((a, b) => b.match.score - a.match.score).slice(0, most);
}
