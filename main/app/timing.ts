// When things happened, for `shot --timing`. What it took in memory is measured from outside, by the launcher.
import type { TimingMark } from '../../contract/shell-api';

type Moment = TimingMark | 'windowShown';

export class Timing {
  readonly #startedAtMs: number;
  readonly #ms: Partial<Record<Moment, number>> = {};

  /** `startedAtMs`: when the process that the user started began, in ms since 1970. */
  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  /** The first time counts. */
  mark(moment: Moment, nowMs = Date.now()): void {
    this.#ms[moment] ??= Math.round(nowMs - this.#startedAtMs);
  }

  get ms(): Partial<Record<Moment, number>> {
    return { ...this.#ms };
  }
}
