// Call graphs in a thread of their own: of some hundred functions trimming takes a tenth of a second and the layout some
// seconds, and the page goes on meanwhile. This file is the only one that knows Graphviz, and its thread the only one
// that may compile WebAssembly.
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { GraphPicture } from './model/graph-layout';
import { pictureFor, type GraphQuestion } from './model/graph-question';

/** Asks for a picture; answered under the same number. */
export interface PictureQuestion {
  readonly id: number;
  readonly of: GraphQuestion;
}
export type PictureAnswer = { readonly id: number } & ({ readonly picture: GraphPicture } | { readonly error: string });

interface Thread {
  onmessage: ((e: MessageEvent<PictureQuestion>) => void) | null;
  postMessage(answer: PictureAnswer): void;
}
const thread = globalThis as unknown as Thread;
let loading: Promise<Graphviz> | null = null;

thread.onmessage = ({ data: { id, of } }) => {
  loading ??= Graphviz.load();
  loading
    .then((graphviz) => pictureFor(of, (dot) => graphviz.layout(dot, 'json', 'dot')))
    .then(
      (picture) => thread.postMessage({ id, picture }),
      (e: unknown) => thread.postMessage({ id, error: e instanceof Error ? e.message : String(e) }),
    );
};
