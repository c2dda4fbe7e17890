// One loop for all drawing: whoever changes something asks for a frame, the next frame draws it, and the page counts as
// busy until that is on the screen, which is a frame later: surfaces hand over what was drawn when their frame ends.

import { trackBusy } from '../base/idle';

/** A frame that does not come (a window that is hidden or covered) is drawn without waiting for the screen. */
const WITHOUT_SCREEN_MS = 250;

export class FrameLoop {
  readonly #draw: (nowMs: number) => boolean;
  #frame: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #busy: (() => void) | null = null;
  #stopped = false;
  #wanted = false;

  /** `draw` answers whether a further frame is needed. */
  constructor(draw: (nowMs: number) => boolean) {
    this.#draw = draw;
  }

  /** Asks for a frame; more calls before it comes are the same. */
  request(): void {
    if (this.#stopped || this.#wanted) return;
    this.#wanted = true;
    this.#busy ??= trackBusy('redraw');
    if (this.#frame === null) this.#await();
  }

  #await(): void {
    this.#frame = requestAnimationFrame((t) => this.#run(t));
    this.#timer = setTimeout(() => this.#run(performance.now()), WITHOUT_SCREEN_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#clear();
    this.#busy?.();
    this.#busy = null;
  }

  #clear(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#frame = this.#timer = null;
  }

  #run(nowMs: number): void {
    this.#clear();
    if (this.#wanted) {
      this.#wanted = false;
      if (this.#draw(nowMs)) this.request();
      // Once more in any case: to see it shown.
      if (this.#frame === null && !this.#stopped) this.#await();
      return;
    }
    this.#busy?.();
    this.#busy = null;
  }
}
