// The search language of an open trace, for search fields: the engine reads it, and knows the values that occur.

import type { Completion, QueryProblem } from '../../contract/search';
import type { TraceStore } from './trace-store';

export interface TraceLanguage {
  check(query: string): Promise<QueryProblem | null>;
  complete(query: string, caret: number): Promise<Completion>;
}

export function useQueryLanguage(store: TraceStore): TraceLanguage {
  let asked: AbortController | null = null;
  return {
    check: (query) => store.client.ask.checkQuery({ query }),
    // A newer caret gives up the one before.
    complete(query, caret) {
      asked?.abort();
      asked = new AbortController();
      return store.client.ask.completeQuery({ query, caret }, { signal: asked.signal });
    },
  };
}
