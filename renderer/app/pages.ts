// The list of pages of a trace: a page is a folder under renderer/pages and a line here.
import type { Component } from 'vue';
import type { PageEntry } from '../../contract/shell-api';
import type { TraceInfo } from '../../contract/trace-api';
import { goroutinePage } from '../pages/goroutine';
import { goroutinesPage } from '../pages/goroutines';
import { comparePage } from '../pages/compare';
import { eventsPage } from '../pages/events';
import { homePage } from '../pages/home';
import { gcPage } from '../pages/gc';
import { mmuPage } from '../pages/mmu';
import { cpuPage, networkPage, otherPage, schedPage, syncPage, syscallPage, wallPage } from '../pages/profiles';
import { regionPage, regionsPage } from '../pages/regions';
import { taskPage, tasksPage } from '../pages/tasks';
import { processorsPage } from '../pages/processors';
import { viewTracePage } from '../pages/view-trace';

export interface TracePage extends PageEntry {
  readonly icon: Component;
  /**
   * Gets the prop `traceId`, and `arg: string | null` when its entry says that it takes one; leads elsewhere by
   * `useOpenPlace()` or `<PageLink>` (renderer/base/navigate.ts), or emits `navigate` with a PlaceRequest; `shortcuts`.
   */
  readonly component: Component;
  /** The listed page that a page with a required argument stands under. */
  readonly parent?: string;
  /** False: the trace has nothing for this page, so its entry is muted; it opens all the same and says why. */
  readonly hasData?: (info: TraceInfo) => boolean;
}

/** In the order and groups of the side navigation. Pages with a required argument are not listed there. */
export const PAGE_GROUPS: readonly { readonly title: string; readonly pages: readonly TracePage[] }[] = [
  { title: '', pages: [homePage] },
  {
    title: 'Timeline',
    pages: [viewTracePage, processorsPage, eventsPage],
  },
  {
    title: 'Goroutines',
    pages: [goroutinesPage, goroutinePage],
  },
  {
    title: 'Blocking profiles',
    pages: [networkPage, syncPage, syscallPage, schedPage, otherPage, wallPage, cpuPage],
  },
  {
    title: 'User annotations',
    pages: [tasksPage, taskPage, regionsPage, regionPage],
  },
  {
    title: 'Memory',
    pages: [mmuPage, gcPage],
  },
  {
    title: 'Answers',
    pages: [comparePage],
  },
];

export const PAGES: readonly TracePage[] = PAGE_GROUPS.flatMap((g) => g.pages);

/** What can be opened by itself. */
export const LISTED_GROUPS = PAGE_GROUPS.map(({ title, pages }) => ({
  title,
  pages: pages.filter((p) => p.arg !== 'required'),
})).filter((g) => g.pages.length > 0);

export const LISTED_PAGES: readonly TracePage[] = LISTED_GROUPS.flatMap((g) => g.pages);

export const FIRST_PAGE = homePage.id;

export const pageById = (id: string): TracePage | undefined => PAGES.find((p) => p.id === id);

/** The trace is read and has nothing for the page. */
export const isEmptyPage = (page: TracePage, info: TraceInfo | null): boolean =>
  info?.status === 'done' && page.hasData !== undefined && !page.hasData(info);
