// One request per key: while one runs, only the newest of those that come after it waits; the others are dropped.
// A pointer that moves over the timeline asks for a hundred spans a second and wants the last answer.

/** What `run` gives for a request that a newer one replaced. */
export const SUPERSEDED: unique symbol = Symbol('superseded');

interface Slot {
  /** Starts the request that waits; null when none does. */
  waiting: (() => void) | null;
  /** Settles the promise of the request that waits, when a newer one takes its place. */
  drop: (() => void) | null;
}

export class LatestWins<K> {
  readonly #slots = new Map<K, Slot>();

  /** Runs the task now, or after the one of the same key that runs; resolves to SUPERSEDED when a newer one came first. Errors: those of the task. */
  run<T>(key: K, task: () => Promise<T>): Promise<T | typeof SUPERSEDED> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        const slot: Slot = { waiting: null, drop: null };
        this.#slots.set(key, slot);
        Promise.resolve()
          .then(task)
          .then(
            // An answer that is no longer wanted is not worth drawing.
            (value) => resolve(slot.waiting ? SUPERSEDED : value),
            reject,
          )
          .finally(() => {
            if (slot.waiting) slot.waiting();
            else this.#slots.delete(key);
          });
      };
      const slot = this.#slots.get(key);
      if (!slot) {
        start();
        return;
      }
      slot.drop?.();
      slot.waiting = start;
      slot.drop = () => resolve(SUPERSEDED);
    });
  }

  /** Drops what waits under a key; what runs already is not stopped. */
  drop(key: K): void {
    const slot = this.#slots.get(key);
    slot?.drop?.();
    if (slot) slot.waiting = slot.drop = null;
  }
}
