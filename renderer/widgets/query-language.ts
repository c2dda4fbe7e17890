// What a search field needs of the search language: somebody who can read it. Pages get it from the trace
// (trace/use-query-language.ts); a field without one is a plain filter.

import type { Completion, QueryProblem } from '../../contract/search';

export interface QueryLanguage {
  /** Null: the query can be read. */
  check(query: string): Promise<QueryProblem | null>;
  complete(query: string, caret: number): Promise<Completion>;
}

/** The text before, at and behind the place of a problem. A place between two characters marks a blank. */
export function markedQuery(query: string, problem: QueryProblem): readonly [string, string, string] {
  const { fromChar, toChar } = problem;
  const marked = query.slice(fromChar, toChar);
  return [query.slice(0, fromChar), marked === '' ? '\u00a0' : marked, query.slice(toChar)];
}

/** The query with an item in the place it is for, and where the caret stands then. */
export function withItem(query: string, done: Completion, text: string): { query: string; caret: number } {
  return {
    query: query.slice(0, done.fromChar) + text + query.slice(done.toChar),
    caret: done.fromChar + text.length,
  };
}
