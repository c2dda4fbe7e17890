import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { graphClient, type LayoutThread } from './graph-client';
import type { PictureQuestion } from './graph-worker';
import type { GraphPicture } from './model/graph-layout';
import type { GraphQuestion } from './model/graph-question';

const picture = { nodes: [] } as unknown as GraphPicture;
const question = {} as GraphQuestion;

class FakeThread implements LayoutThread {
  onmessage: LayoutThread['onmessage'] = null;
  onerror: LayoutThread['onerror'] = null;
  asked: PictureQuestion[] = [];
  isEnded = false;
  postMessage(of: PictureQuestion): void {
    this.asked.push(of);
  }
  terminate(): void {
    this.isEnded = true;
  }
  answer(with_: { picture: GraphPicture } | { error: string } = { picture }): void {
    this.onmessage?.({ data: { id: this.asked.at(-1)!.id, ...with_ } } as Parameters<
      NonNullable<LayoutThread['onmessage']>
    >[0]);
  }
}

let threads: FakeThread[] = [];
const start = (): LayoutThread => {
  const t = new FakeThread();
  threads.push(t);
  return t;
};
/** A question is on its way once what was queued before has run. */
const turn = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  threads = [];
});
afterEach(async () => {
  await vi.runAllTimersAsync();
  vi.useRealTimers();
});

async function drawn(): Promise<ReturnType<typeof graphClient>> {
  const client = graphClient(start);
  const answer = client.draw(question);
  await turn();
  threads.at(-1)!.answer();
  expect(await answer).toBe(picture);
  return client;
}

it('F107: the next view gets the thread of the one before, which ends when nobody wants it', async () => {
  (await drawn()).end();
  const second = await drawn();
  expect(threads).toHaveLength(1);
  second.end();
  expect(threads[0]!.isEnded).toBe(false);
  await vi.runAllTimersAsync();
  expect(threads[0]!.isEnded).toBe(true);
  await drawn();
  expect(threads).toHaveLength(2);
});
it('two views at a time have a thread each, and one of them is left', async () => {
  const [a, b] = [await drawn(), await drawn()];
  expect(threads).toHaveLength(2);
  a.end();
  b.end();
  expect(threads.map((t) => t.isEnded)).toEqual([true, false]);
});
it('a thread that still works when its view is closed is ended', async () => {
  const client = graphClient(start);
  const answer = client.draw(question);
  await turn();
  client.end();
  await expect(answer).rejects.toThrow('CANCELLED');
  expect(threads[0]!.isEnded).toBe(true);
});
it('a thread in which a layout failed is left to nobody', async () => {
  const client = graphClient(start);
  const answer = client.draw(question);
  await turn();
  threads[0]!.answer({ error: 'out of memory' });
  await expect(answer).rejects.toThrow('out of memory');
  client.end();
  expect(threads[0]!.isEnded).toBe(true);
});
it('a view that is closed before its question is put starts no thread', async () => {
  const client = graphClient(start);
  const answer = client.draw(question);
  client.end();
  await expect(answer).rejects.toThrow('CANCELLED');
  expect(threads).toHaveLength(0);
});
