// Asks the thread with Graphviz for pictures of graphs: one thread for a view, ended with it. A newer question drops those before it.

import { trackPromise } from '../base/idle';
import { LatestWins, SUPERSEDED } from '../base/latest-wins';
import type { PictureAnswer, PictureQuestion } from './graph-worker';
import type { GraphPicture } from './model/graph-layout';
import type { GraphQuestion } from './model/graph-question';

export { SUPERSEDED };

export interface GraphClient {
  /** Errors: a sentence. */
  draw(of: GraphQuestion): Promise<GraphPicture | typeof SUPERSEDED>;
  end(): void;
}

/** What a thread must be able to do; tests hand in their own. */
export interface LayoutThread {
  onmessage: ((e: MessageEvent<PictureAnswer>) => void) | null;
  onerror: ((e: ErrorEvent) => void) | null;
  postMessage(question: PictureQuestion): void;
  terminate(): void;
}

const startThread = (): LayoutThread =>
  new Worker(new URL('./graph-worker.ts', import.meta.url), { type: 'module', name: 'graph layout' });

export function graphClient(start: () => LayoutThread = startThread): GraphClient {
  const latest = new LatestWins<'layout'>();
  let thread: LayoutThread | null = null;
  let next = 1;
  let open: { id: number; ok: (picture: GraphPicture) => void; no: (e: Error) => void } | null = null;

  function settle(id: number, f: (o: NonNullable<typeof open>) => void): void {
    const mine = open;
    if (!mine || mine.id !== id) return;
    open = null;
    f(mine);
  }
  function ask(of: GraphQuestion): Promise<GraphPicture> {
    thread ??= listening(start());
    const id = next++;
    return new Promise((ok, no) => {
      open = { id, ok, no };
      thread!.postMessage({ id, of });
    });
  }
  function listening(t: LayoutThread): LayoutThread {
    t.onmessage = ({ data }) =>
      settle(data.id, (o) => ('picture' in data ? o.ok(data.picture) : o.no(new Error(data.error))));
    t.onerror = (e) => {
      // The thread is of no use any more; the next question starts another.
      t.terminate();
      thread = null;
      if (open) settle(open.id, (o) => o.no(new Error(e.message || 'the layout ended early')));
    };
    return t;
  }
  return {
    draw: (of) =>
      trackPromise(
        'graph layout',
        latest.run('layout', () => ask(of)),
      ),
    end() {
      latest.drop('layout');
      thread?.terminate();
      thread = null;
      if (open) settle(open.id, (o) => o.no(new Error('CANCELLED: the view was closed.')));
    },
  };
}
