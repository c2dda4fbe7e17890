// One engine that is started before there is a trace for it: a process takes a tenth of a second to stand, and whoever opens
// a small trace would wait for it. At most one, it has seen no file, and it serves one trace as any other.
import { ENGINE_READY } from '../../contract/engine-process';
import type { EngineProcess } from './host-manager';

/** Nothing was opened for so long: whoever opens has the processors for himself. */
export const SPARE_AFTER_MS = 2000;
/** One that does not stand by then never will. */
export const STANDS_WITHIN_MS = 30_000;
/** After so many that ended by themselves there is no further one. */
export const MAX_SPARE_EXITS = 3;

export interface SpareParts {
  fork(): EngineProcess;
  /** Calls back later; what it returns takes that back. */
  after(ms: number, f: () => void): () => void;
  /** Whether one is worth its memory now. */
  pays(): boolean;
}

export class SpareEngine {
  readonly #parts: SpareParts;
  #child: EngineProcess | null = null;
  #isReady = false;
  #exits = 0;
  /** Takes back what is due. */
  #cancel: () => void = () => undefined;

  constructor(parts: SpareParts) {
    this.#parts = parts;
  }

  /** The app has begun, or what is open has changed: looks again whether one pays when nothing more happens for a while. */
  later(): void {
    if (this.#child && !this.#isReady) return;
    this.#cancel();
    this.#cancel = this.#parts.after(SPARE_AFTER_MS, () => (this.#parts.pays() ? this.#start() : this.drop()));
  }

  /** The one that stands, which is the caller's from now on; null where there is none yet. */
  take(): EngineProcess | null {
    const child = this.#isReady ? this.#child : null;
    if (child) this.#forget();
    return child;
  }

  /** Ends it; no other comes before the next `later`. */
  drop(): void {
    const child = this.#child;
    this.#cancel();
    this.#forget();
    child?.kill();
  }

  #forget(): void {
    this.#child = null;
    this.#isReady = false;
  }

  #start(): void {
    if (this.#child || this.#exits >= MAX_SPARE_EXITS) return;
    const child = this.#parts.fork();
    this.#child = child;
    const lost = (): void => {
      if (this.#child !== child) return;
      this.#exits++;
      this.drop();
    };
    this.#cancel = this.#parts.after(STANDS_WITHIN_MS, lost);
    child.once('exit', lost);
    child.on('message', (message: unknown) => {
      if (this.#child !== child || message !== ENGINE_READY) return;
      this.#cancel();
      this.#isReady = true;
      // What was opened meanwhile may need its memory.
      this.later();
    });
  }
}
