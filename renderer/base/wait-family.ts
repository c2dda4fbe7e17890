// Reasons of waits by family: each family has one colour and one hatch everywhere (visual.md, section 6).

export const WAIT_FAMILIES = ['sync', 'net', 'select', 'sleep', 'sys', 'gc', 'other'] as const;
export type WaitFamily = (typeof WAIT_FAMILIES)[number];
export const familyIx = (f: WaitFamily): number => WAIT_FAMILIES.indexOf(f);

export const FAMILY_NAMES: Readonly<Record<WaitFamily, string>> = {
  sync: 'sync, channel',
  net: 'network',
  select: 'select',
  sleep: 'sleep',
  sys: 'syscall',
  gc: 'GC',
  other: 'other wait',
};

// In Go's words (runtime/traceruntime.go), the most telling first.
const BY_TEXT: readonly (readonly [RegExp, WaitFamily])[] = [
  [/\bgc\b|\bmark\b|sweep|assist/i, 'gc'],
  [/network/i, 'net'],
  [/select/i, 'select'],
  [/sleep/i, 'sleep'],
  [/syscall|system call/i, 'sys'],
  [/chan|sync|mutex|semacquire|cond|wait ?group|lock/i, 'sync'],
];

const known = new Map<string, WaitFamily>();

/** The family of a reason; `other` for none and for those that belong to nothing. Cost: O(1) after the first time. */
export function familyOf(reason: string): WaitFamily {
  let f = known.get(reason);
  if (f === undefined) {
    f = BY_TEXT.find(([text]) => text.test(reason))?.[1] ?? 'other';
    if (known.size < 1000) known.set(reason, f);
  }
  return f;
}

/** The family whose colour a token is, such as `wait-sync`; null: of none. */
export const familyOfToken = (token: string): WaitFamily | null =>
  WAIT_FAMILIES.find((f) => token === `wait-${f}`) ?? null;

/** The CSS colours of a family, for elements of the page. */
export const familyCss = (f: WaitFamily): { readonly ink: string; readonly fill: string } => ({
  ink: `var(--wait-${f})`,
  fill: `var(--wait-${f}-fill)`,
});
