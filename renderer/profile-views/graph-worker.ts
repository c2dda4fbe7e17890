// Graphviz in a thread of its own: a layout of some hundred nodes takes a second, and the page goes on meanwhile. This
// file is the only one that knows Graphviz, and its thread the only one that may compile WebAssembly.
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { placedOf, type Placed } from './model/placed';

/** Asks for a layout; answered under the same number. */
export interface LayoutQuestion {
  readonly id: number;
  readonly dot: string;
}
export type LayoutAnswer = { readonly id: number } & ({ readonly placed: Placed } | { readonly error: string });

interface Thread {
  onmessage: ((e: MessageEvent<LayoutQuestion>) => void) | null;
  postMessage(answer: LayoutAnswer): void;
}
const thread = globalThis as unknown as Thread;
let loading: Promise<Graphviz> | null = null;

thread.onmessage = ({ data: { id, dot } }) => {
  loading ??= Graphviz.load();
  loading
    .then((graphviz) => placedOf(graphviz.layout(dot, 'json', 'dot')))
    .then(
      (placed) => thread.postMessage({ id, placed }),
      (e: unknown) => thread.postMessage({ id, error: e instanceof Error ? e.message : String(e) }),
    );
};
