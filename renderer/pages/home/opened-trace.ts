// The trace of a tab as main opened it, handed down by the tab: known before anything of the trace is read.
import type { ComputedRef, InjectionKey } from 'vue';
import type { OpenedTrace } from '../../../contract/shell-api';

export const OPENED_TRACE: InjectionKey<ComputedRef<OpenedTrace>> = Symbol('opened trace');

/** Opens another trace of the tab's file, by its place from 1. */
export const OPEN_SECTION: InjectionKey<(section: number) => void> = Symbol('open section');
