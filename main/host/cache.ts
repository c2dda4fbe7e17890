// The helper that looks after the cache of indexes (main/app/cache-helper.ts): one piece of work, one answer.
import type { CacheUsage } from '../../contract/settings';
import type { Addon } from './engine';

export type CacheAnswer = CacheUsage | { readonly error: string };

export function cacheAnswer(addon: Pick<Addon, 'cacheUsage' | 'clearCache'>, work: string): CacheAnswer {
  try {
    if (work === 'clear') addon.clearCache();
    const { folder, bytes, entries } = addon.cacheUsage();
    return { folder, sizeBytes: bytes, fileCount: entries };
  } catch (e) {
    // N.B. the addon's errors are JSON of a TraceError.
    const text = (e as Error).message;
    try {
      return { error: (JSON.parse(text) as { message: string }).message };
    } catch {
      return { error: text };
    }
  }
}
