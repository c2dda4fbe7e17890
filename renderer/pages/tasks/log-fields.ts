// `key=value` in the messages of logs as columns: what a program logs with its requests becomes sortable. Pure.

import type { TaskLog } from '../../../contract/answers';
import type { Column } from '../../widgets/table/columns';

const PAIR = /(?:^|[\s,;(])([A-Za-z_][\w.-]*)=("((?:[^"\\]|\\.)*)"|[^\s,;)]*)/g;
/** Columns at most; keys that occur most often first. */
const MOST = 12;

/** The pairs of a message; of a key that stands twice the last. Values in quotes lose them. */
export function fieldsOf(message: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const [, key, plain, quoted] of message.matchAll(PAIR)) out.set(key!, quoted ?? plain!);
  return out;
}

/** Keys that occur, most often first, then by name. */
export function fieldKeys(logs: readonly TaskLog[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const l of logs) for (const key of fieldsOf(l.message).keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST)
    .map(([key]) => key);
}

/** A number is sorted as one. */
const valueOf = (text: string | undefined): string | number | null =>
  text === undefined ? null : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;

export const fieldColumns = (keys: readonly string[]): readonly Column<TaskLog>[] =>
  keys.map((key) => ({
    id: `field:${key}`,
    title: key,
    help: `What stands behind “${key}=” in the message; empty where it does not occur`,
    kind: 'text',
    value: (l) => valueOf(fieldsOf(l.message).get(key)),
    text: (l) => fieldsOf(l.message).get(key) ?? '',
    widthPx: 110,
    drops: 2,
  }));
