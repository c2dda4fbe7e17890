// What the palette offers: commands, pages, recent traces, and what is in the trace in front by name.
import { Activity, ChartGantt, Clock, Flag, FunctionSquare, SquareDashed, Waypoints } from 'lucide-vue-next';
import type { Component } from 'vue';
import { capsOfCommand, windowCommands, type WindowCommandId } from '../../contract/commands';
import type { PlaceRequest } from '../../contract/places';
import type { RecentTrace } from '../../contract/shell-api';
import type { Nanos } from '../../contract/units';
import { fuzzyMatch, type FuzzyMatch } from '../base/fuzzy';
import { keyCommands } from '../timeline/keys';
import { COMMAND_ICONS } from './command-icons';
import type { KeyHabits } from './commands';
import type { TracePage } from './pages';

export const PALETTE_GROUPS = [
  'Recently used',
  'Functions',
  'Goroutines',
  'Tasks',
  'Regions',
  'Places',
  'Pages',
  'Commands',
  'Recent traces',
] as const;
export type PaletteGroup = (typeof PALETTE_GROUPS)[number];

/** With nothing typed: first what the app can do, for of the trace's own things nobody knows which is wanted. */
const UNASKED: ReadonlySet<PaletteGroup> = new Set(['Pages', 'Commands', 'Recent traces']);
const GROUPS_UNASKED = [
  ...PALETTE_GROUPS.filter((g) => UNASKED.has(g)),
  ...PALETTE_GROUPS.filter((g) => !UNASKED.has(g)),
];

/** What choosing an entry does. */
export type PaletteAction =
  | { readonly kind: 'command'; readonly id: WindowCommandId }
  | { readonly kind: 'timeline'; readonly id: string }
  | { readonly kind: 'place'; readonly place: PlaceRequest }
  | { readonly kind: 'open'; readonly path: string };

export interface PaletteItem {
  /** The same from one time to the next: the list of recent ones names it. */
  readonly key: string;
  readonly group: PaletteGroup;
  readonly name: string;
  readonly detail: string;
  readonly caps: string;
  readonly icon: Component;
  readonly action: PaletteAction;
}

export interface PaletteRow {
  readonly item: PaletteItem;
  readonly group: PaletteGroup;
  readonly match: FuzzyMatch;
}

/** What is in a trace by name, as the engine tells it; empty lists while that is not known. */
export interface TraceNames {
  readonly functions: readonly { readonly name: string; readonly goroutineCount: number }[];
  readonly goroutines: readonly { readonly id: number; readonly name: string }[];
  readonly tasks: readonly string[];
  readonly regions: readonly string[];
}
export const NO_NAMES: TraceNames = { functions: [], goroutines: [], tasks: [], regions: [] };

/** Each kind of entry by its sign, as other tools have it. */
const PREFIXES: Readonly<Record<string, readonly PaletteGroup[]>> = {
  '>': ['Commands', 'Pages'],
  '@': ['Functions', 'Tasks', 'Regions'],
  '#': ['Goroutines'],
  ':': ['Places'],
};
const PLACES: readonly PaletteGroup[] = [
  'Functions',
  'Goroutines',
  'Tasks',
  'Regions',
  'Places',
  'Pages',
  'Recent traces',
];

export interface PaletteQuery {
  readonly text: string;
  readonly groups: readonly PaletteGroup[];
  readonly prefix: string | null;
}

/** What was typed → what is searched for and where. `Go to anything` leaves the commands out unless `>` asks for them. */
export function parsePaletteQuery(typed: string, onlyPlaces: boolean): PaletteQuery {
  const sign = typed.trimStart()[0] ?? '';
  const groups = PREFIXES[sign];
  if (groups) return { text: typed.trimStart().slice(1).trim(), groups, prefix: sign };
  return { text: typed.trim(), groups: onlyPlaces ? PLACES : PALETTE_GROUPS, prefix: null };
}

export function commandItems(
  enabled: ReadonlySet<WindowCommandId>,
  { preset, mac }: KeyHabits,
  hasTimeline: boolean,
): PaletteItem[] {
  const ofWindow = windowCommands
    .filter((c) => enabled.has(c.id) && c.id !== 'view.palette')
    .map((c): PaletteItem => ({
      key: c.id,
      group: 'Commands',
      name: c.name,
      detail: '',
      caps: capsOfCommand(c, preset, mac),
      icon: COMMAND_ICONS[c.icon as keyof typeof COMMAND_ICONS],
      action: { kind: 'command', id: c.id },
    }));
  const ofTimeline = keyCommands(preset)
    .filter((c) => hasTimeline && c.id !== 'timeline.shortcuts')
    .map((c): PaletteItem => ({
      key: c.id,
      group: 'Commands',
      name: c.name,
      detail: 'View trace',
      caps: c.caps,
      icon: ChartGantt,
      action: { kind: 'timeline', id: c.id },
    }));
  return [...ofWindow, ...ofTimeline];
}

export const pageItems = (pages: readonly TracePage[], emptyIds: ReadonlySet<string>): PaletteItem[] =>
  pages.map((p) => ({
    key: `page:${p.id}`,
    group: 'Pages',
    name: p.title,
    detail: emptyIds.has(p.id) ? 'nothing of it in this trace' : '',
    caps: '',
    icon: p.icon,
    action: { kind: 'place', place: { page: p.id } },
  }));

export const recentItems = (recents: readonly RecentTrace[]): PaletteItem[] =>
  recents
    .filter((t) => !t.missing)
    .map((t) => ({
      key: `open:${t.path}`,
      group: 'Recent traces',
      name: t.fileName,
      detail: t.directory,
      caps: '',
      icon: Activity,
      action: { kind: 'open', path: t.path },
    }));

/** Names of a trace lead to their pages; without such a page they are not offered. */
export function nameItems(names: TraceNames, hasPage: (id: string) => boolean): PaletteItem[] {
  const items: PaletteItem[] = [];
  const add = (group: PaletteGroup, page: string, arg: string, name: string, detail: string, icon: Component): void => {
    items.push({
      key: `${page}/${arg}`,
      group,
      name,
      detail,
      caps: '',
      icon,
      action: { kind: 'place', place: { page, arg } },
    });
  };
  if (hasPage('goroutines'))
    for (const { name, goroutineCount: n } of names.functions)
      add('Functions', 'goroutines', name, name, `${n} goroutine${n === 1 ? '' : 's'}`, FunctionSquare);
  if (hasPage('goroutine'))
    for (const { id, name } of names.goroutines)
      add('Goroutines', 'goroutine', String(id), `G${id} ${name}`.trim(), '', Waypoints);
  if (hasPage('tasks'))
    for (const name of names.tasks)
      items.push({
        key: `tasks/${name}`,
        group: 'Tasks',
        name,
        detail: 'task',
        caps: '',
        icon: Flag,
        // The page has all types; this one is chosen on it.
        action: { kind: 'place', place: { page: 'tasks', select: name } },
      });
  if (hasPage('region')) for (const name of names.regions) add('Regions', 'region', name, name, 'region', SquareDashed);
  return items;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, min: 6e10 };

/** `1.5ms`, `2 s`, `96642560` (nanoseconds) → a time; null for anything else. */
export function parseTime(text: string): Nanos | null {
  const m = /^(\d+(?:[.,]\d+)?)\s*(ns|us|µs|ms|s|min)?$/.exec(text.trim().replaceAll(/(?<=\d)[ ,](?=\d{3})/g, ''));
  return m ? Math.round(Number(m[1]!.replace(',', '.')) * (UNITS[m[2] ?? 'ns'] ?? 1)) : null;
}

/** Part of the trace that a time is shown in, when the whole of it is on the screen. */
const TIME_SHARE = 0.01;

/** A time that was typed: View trace there, as wide as it is now. */
export function timeItems(
  text: string,
  durationNanos: Nanos,
  windowNanos: Nanos,
  format: (t: Nanos) => string,
): PaletteItem[] {
  const at = parseTime(text);
  if (at === null || at > durationNanos || durationNanos <= 0) return [];
  const length = Math.max(1, windowNanos < durationNanos ? windowNanos : durationNanos * TIME_SHARE);
  const fromNanos = Math.max(0, Math.min(durationNanos - length, at - length / 2));
  const place = { page: 'view-trace', window: { fromNanos, toNanos: fromNanos + length } };
  return [
    {
      key: `time:${at}`,
      group: 'Places',
      name: `Go to ${format(at)}`,
      detail: 'View trace',
      caps: '',
      icon: Clock,
      action: { kind: 'place', place },
    },
  ];
}

/** Rows of one group at most, while several groups are shown; pages are few, and all there with nothing typed. */
const MOST_IN_GROUP = 8;
const MOST_ROWS = 60;

/** The rows for a query: groups in their order, the best of each first; with nothing typed, what was used last. */
export function paletteRows(
  items: readonly PaletteItem[],
  query: PaletteQuery,
  recentKeys: readonly string[],
): PaletteRow[] {
  const wanted = items.filter((i) => query.groups.includes(i.group));
  const rows: PaletteRow[] = [];
  const used = new Set<string>();
  if (query.text === '') {
    const byKey = new Map(wanted.map((i) => [i.key, i]));
    for (const key of recentKeys.slice(0, 5)) {
      const item = byKey.get(key);
      if (!item) continue;
      used.add(key);
      rows.push({ item, group: 'Recently used', match: { score: 0, at: [] } });
    }
  }
  const recency = new Map(recentKeys.map((key, i) => [key, recentKeys.length - i]));
  for (const group of query.text === '' ? GROUPS_UNASKED : PALETTE_GROUPS) {
    const isWhole = query.prefix !== null || (query.text === '' && group === 'Pages');
    const most = isWhole ? MOST_ROWS : MOST_IN_GROUP;
    const found = wanted
      .filter((i) => i.group === group && !used.has(i.key))
      .flatMap((item) => {
        const match = fuzzyMatch(query.text, item.name);
        return match ? [{ item, group, match, order: match.score + (recency.has(item.key) ? 3 : 0) }] : [];
      });
    if (query.text !== '') found.sort((a, b) => b.order - a.order);
    rows.push(...found.slice(0, most).map(({ item, match }) => ({ item, group, match })));
  }
  return rows.slice(0, MOST_ROWS);
}
