// The list of pages of a trace: a page is a folder under renderer/pages and a line here.
import type { Component } from 'vue';
import type { PageEntry } from '../../contract/shell-api';
import { homePage } from '../pages/home';
import { viewTracePage } from '../pages/view-trace';

export interface TracePage extends PageEntry {
  readonly icon: Component;
  /** Gets the prop `traceId`; may emit `navigate` with the id of another page, and `shortcuts`. */
  readonly component: Component;
}

/** In the order and groups of the side navigation. */
export const PAGE_GROUPS: readonly { readonly title: string; readonly pages: readonly TracePage[] }[] = [
  { title: '', pages: [homePage] },
  { title: 'Timeline', pages: [viewTracePage] },
];

export const PAGES: readonly TracePage[] = PAGE_GROUPS.flatMap((g) => g.pages);

export const FIRST_PAGE = homePage.id;

export const pageById = (id: string): TracePage | undefined => PAGES.find((p) => p.id === id);
