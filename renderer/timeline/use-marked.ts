// What is looked for on the rows that are shown: the hits of a search, or what of the highlighted is merged; and what has to
// be said about it.

import { computed, type ComputedRef, type ShallowRef } from 'vue';
import type { HitRows } from '../../contract/search';
import type { RowsBy } from '../trace/view-mode';
import type { Emphasis } from './paint';
import { queryOf, type Sought } from './tile-hits';

export interface MarkedInput {
  readonly search: () => { readonly query: string; readonly on: HitRows } | null;
  readonly emphasis: () => Emphasis | null;
  readonly rowsBy: () => RowsBy;
  /** Of some merged spans in view it is not known whether they hold a hit. */
  readonly unknown: ShallowRef<boolean>;
}

export interface Marked {
  readonly sought: ComputedRef<Sought | null>;
  /** Empty: the picture tells all. */
  readonly sentence: ComputedRef<string>;
}

export function useMarked({ search, emphasis, rowsBy, unknown }: MarkedInput): Marked {
  const sought = computed<Sought | null>(() => {
    const [s, e] = [search(), emphasis()];
    if (s && s.on !== 'events') {
      // Both at once: what is found among what is highlighted.
      const query = e && s.on === 'processors' ? `(${s.query}) and ${queryOf(e)}` : s.query;
      return s.on === rowsBy() ? { query, on: s.on, spans: true } : null;
    }
    return e && rowsBy() === 'processors' ? { query: queryOf(e), on: 'processors', spans: false } : null;
  });
  const sentence = computed(() => {
    const s = search();
    if (sought.value) return unknown.value ? 'Zoom in to see which merged spans hold it' : '';
    if (s?.on === 'events') return 'Events are found: the overview has their times';
    if (s) return `What is found stands on rows of ${s.on}`;
    return emphasis() && rowsBy() === 'threads' ? 'Of threads, zoom in to see which merged spans hold it' : '';
  });
  return { sought, sentence };
}
