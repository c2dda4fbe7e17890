// A cache bounded by the bytes that its values hold, not by their number: one tile may be a hundred times another.

import type { Bytes } from '../../contract/units';

export class LruCache<K, V> {
  readonly #budgetBytes: Bytes;
  // A Map keeps the order of insertion: the first entry is the one that was used longest ago.
  readonly #entries = new Map<K, { readonly value: V; readonly bytes: Bytes }>();
  #bytes = 0;

  constructor(budgetBytes: Bytes) {
    this.#budgetBytes = budgetBytes;
  }

  get bytes(): Bytes {
    return this.#bytes;
  }
  get count(): number {
    return this.#entries.size;
  }

  /** The value, which counts as used now. */
  get(key: K): V | undefined {
    const e = this.#entries.get(key);
    if (!e) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, e);
    return e.value;
  }

  /** The value, without counting as used. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Keeps a value and drops the oldest others until the budget holds; the newest is kept even when it alone is over it. */
  set(key: K, value: V, bytes: Bytes): void {
    this.delete(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#budgetBytes || this.#entries.size === 1) break;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const e = this.#entries.get(key);
    if (!e) return;
    this.#entries.delete(key);
    this.#bytes -= e.bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
