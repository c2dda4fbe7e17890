// Asks the thread with Graphviz for pictures of graphs: one thread for a view. A newer question drops those before it. A
// view that is closed leaves its thread to the next one for a while, if it has nothing to do: to read and compile Graphviz
// takes longer than most layouts.

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

/** How long a thread without a view is kept: whoever goes from profile to profile finds it there. */
const SPARE_MS = 60_000;

const startThread = (): LayoutThread =>
  new Worker(new URL('./graph-worker.ts', import.meta.url), { type: 'module', name: 'graph layout' });

const CLOSED = 'CANCELLED: the view was closed.';
let spare: { readonly thread: LayoutThread; readonly end: ReturnType<typeof setTimeout> } | null = null;

function takeSpare(): LayoutThread | null {
  const kept = spare;
  spare = null;
  if (kept) clearTimeout(kept.end);
  return kept?.thread ?? null;
}

function leave(thread: LayoutThread): void {
  takeSpare()?.terminate();
  thread.onmessage = thread.onerror = null;
  spare = { thread, end: setTimeout(() => takeSpare()?.terminate(), SPARE_MS) };
}

export function graphClient(start: () => LayoutThread = startThread): GraphClient {
  const latest = new LatestWins<'layout'>();
  let thread: LayoutThread | null = null;
  let next = 1;
  let open: { id: number; ok: (picture: GraphPicture) => void; no: (e: Error) => void } | null = null;
  /** A thread in which something failed is not left to others. */
  let isSound = true;
  let isEnded = false;

  function settle(id: number, f: (o: NonNullable<typeof open>) => void): void {
    const mine = open;
    if (!mine || mine.id !== id) return;
    open = null;
    f(mine);
  }
  function ask(of: GraphQuestion): Promise<GraphPicture> {
    if (isEnded) return Promise.reject(new Error(CLOSED));
    thread ??= listening(takeSpare() ?? start());
    const id = next++;
    return new Promise((ok, no) => {
      open = { id, ok, no };
      thread!.postMessage({ id, of });
    });
  }
  function listening(t: LayoutThread): LayoutThread {
    isSound = true;
    t.onmessage = ({ data }) => {
      if ('error' in data) isSound = false;
      settle(data.id, (o) => ('picture' in data ? o.ok(data.picture) : o.no(new Error(data.error))));
    };
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
      isEnded = true;
      latest.drop('layout');
      // One that still works at a picture nobody waits for would hold up whoever got it.
      if (open || !isSound) thread?.terminate();
      else if (thread) leave(thread);
      thread = null;
      if (open) settle(open.id, (o) => o.no(new Error(CLOSED)));
    },
  };
}
