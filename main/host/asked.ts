// The questions of pages: each goes to the addon's one generic method, as JSON, and back. Nothing is decided here.
import type { AnswersApi } from '../../contract/answers';
import type { CompareApi } from '../../contract/compare';
import type { CallContext } from '../../contract/rpc';
import type { RowsApi } from '../../contract/rows';
import type { SearchApi } from '../../contract/search';
import type { TablesApi } from '../../contract/tables';
import type { TraceEngine } from './engine';

/** Interfaces of the contract whose methods all go through the addon's `ask`. */
export type AskedApi = AnswersApi & TablesApi & RowsApi & SearchApi & CompareApi;

function check(ctx: CallContext): void {
  if (ctx.signal.aborted) throw new Error('CANCELLED: Stopped');
}

/** Answers that are handed on as the engine wrote them. */
const AS_TEXT: ReadonlySet<string> = new Set<keyof AskedApi>(['readDigest']);

/** Puts a question; progress goes to the caller, an abort to the engine. Errors: those of the question. */
export class Asker {
  readonly #engine: TraceEngine;
  #next = 1;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  async ask(method: string, input: unknown, ctx: CallContext): Promise<unknown> {
    check(ctx);
    const id = this.#next++;
    const stop = (): void => this.#engine.cancelAsk(id);
    ctx.signal.addEventListener('abort', stop);
    try {
      const json = await this.#engine.ask(id, method, JSON.stringify(input), (done) => ctx.progress({ done }));
      // An answer that came all the same is not wanted.
      check(ctx);
      return AS_TEXT.has(method) ? json : JSON.parse(json);
    } finally {
      ctx.signal.removeEventListener('abort', stop);
    }
  }
}

/** What answers are beside JSON, by method. */
const UNPACK: Readonly<Record<string, (answer: unknown) => unknown>> = {
  exportPprof: (answer) => new Uint8Array(Buffer.from((answer as { base64: string }).base64, 'base64')),
};

/** A method for each name, as the contract has it. */
export function askedApi(engine: TraceEngine, methods: readonly (keyof AskedApi)[]): AskedApi {
  const asker = new Asker(engine);
  const one = (method: keyof AskedApi) => async (input: unknown, ctx: CallContext) => {
    const answer = await asker.ask(method, input, ctx);
    return UNPACK[method]?.(answer) ?? answer;
  };
  return Object.fromEntries(methods.map((m) => [m, one(m)])) as unknown as AskedApi;
}
