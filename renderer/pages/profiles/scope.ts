// What part of the trace a profile is about, as the page's argument says it and as the engine is asked. Pure.

import type { ProfileScope, TimeRange } from '../../../contract/answers';

export const SCOPE_KINDS = ['all', 'function', 'goroutine', 'region', 'task'] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

export interface ScopeChoice {
  readonly kind: ScopeKind;
  /** A start function, the id of a goroutine, the name of a region, the id of a task; empty for `all`. */
  readonly value: string;
}

export const ALL: ScopeChoice = { kind: 'all', value: '' };

/** `function=main.work`, `goroutine=7`, `region=parse`, `task=3`; anything else is all. */
export function scopeOfArg(arg: string | null): ScopeChoice {
  const found = /^(function|goroutine|region|task)=(.*)$/s.exec(arg ?? '');
  return found ? { kind: found[1] as ScopeKind, value: found[2]! } : ALL;
}

export const argOfScope = (s: ScopeChoice): string | null => (s.kind === 'all' ? null : `${s.kind}=${s.value}`);

/** Null: what was typed is no id of a goroutine or task, or nothing was typed yet. N.B. functions and regions may have no name. */
export function profileScope(s: ScopeChoice, window: TimeRange | null): ProfileScope | null {
  const all: ProfileScope = { window, goroutine: null, function: null, region: null, task: null };
  if (s.kind === 'all') return all;
  if (s.kind === 'goroutine' || s.kind === 'task') {
    const id = Number(s.value.trim().replace(/^(G|task )/i, ''));
    return s.value.trim() !== '' && Number.isSafeInteger(id) && id >= 0 ? { ...all, [s.kind]: id } : null;
  }
  return { ...all, [s.kind]: s.value };
}
