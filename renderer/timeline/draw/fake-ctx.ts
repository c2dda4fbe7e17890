// A 2D context that notes what is drawn, for unit tests.

import type { Ctx } from './picture';

export interface Op {
  readonly op: string;
  readonly args: readonly unknown[];
  readonly fill: string;
  readonly alpha: number;
}

/** A context of this kind and the list of its calls. Text is six pixels a letter. A context takes one rectangle at a time. */
export function fakeCtx(): { g: Ctx; ops: Op[] } {
  const ops: Op[] = [];
  const state: Record<string, unknown> = {
    fillStyle: '',
    strokeStyle: '',
    globalAlpha: 1,
    lineWidth: 1,
    fillRects: undefined,
    fillSteps: undefined,
    repeatLine: undefined,
    font: '',
    textAlign: 'left',
    textBaseline: 'middle',
  };
  const g = new Proxy(state, {
    get: (t, name: string) =>
      name in t
        ? t[name]
        : name === 'measureText'
          ? (s: string) => ({ width: s.length * 6 })
          : (...args: unknown[]) => {
              ops.push({ op: name, args, fill: String(t['fillStyle']), alpha: Number(t['globalAlpha']) });
            },
  }) as unknown as Ctx;
  return { g, ops };
}
