import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect, serve, type Wire } from './rpc';

interface Numbers {
  later(input: number): Promise<number>;
  fails(input: number): Promise<number>;
  other(input: number): number;
}

/** Both ends of a line, each message of which is handed over at once, and what went from who answers to who asks. */
function line(): { asks: Wire; answers: Wire; sent: unknown[] } {
  const sent: unknown[] = [];
  let toAsker: (m: unknown) => void = () => undefined;
  let toAnswerer: (m: unknown) => void = () => undefined;
  const close = (): void => undefined;
  return {
    sent,
    asks: { post: (m) => toAnswerer(m), listen: (f) => (toAsker = f), close },
    answers: {
      post: (m) => {
        sent.push(m);
        toAsker(m);
      },
      listen: (f) => (toAnswerer = f),
      close,
    },
  };
}

/** An answerer whose `later` and `fails` end when they are told to. */
function numbers() {
  const { asks, answers, sent } = line();
  const ends = new Map<number, () => void>();
  const end = (input: number): Promise<void> => new Promise((ok) => ends.set(input, ok));
  serve<Numbers>(
    answers,
    {
      later: (input) => end(input).then(() => 10 * input),
      fails: (input) => end(input).then(() => Promise.reject(new Error(`no ${input}`))),
      other: (input) => -input,
    },
    new Set(['later', 'fails']),
  );
  return { api: connect<Numbers>(asks).api, sent, end: (input: number) => ends.get(input)?.() };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test('answers that come together are one message, each told to who asked', async () => {
  const { api, sent, end } = numbers();
  const all = Promise.all([1, 2, 3].map((n) => api.later(n)));
  await turn();
  end(2);
  end(1);
  await turn();
  expect(sent).toEqual([]);
  end(3);
  expect(await all).toEqual([10, 20, 30]);
  expect(sent).toHaveLength(1);
});

test('an answer waits two milliseconds at most for one that takes long', async () => {
  const { api, sent, end } = numbers();
  const [first, second] = [api.later(1), api.later(2)];
  await turn();
  end(1);
  await vi.advanceTimersByTimeAsync(2);
  expect(await first).toBe(10);
  end(2);
  expect(await second).toBe(20);
  expect(sent).toHaveLength(2);
});

test('no more than four go together', async () => {
  const { api, sent, end } = numbers();
  const all = [1, 2, 3, 4, 5, 6].map((n) => api.later(n));
  await turn();
  for (const n of [1, 2, 3, 4, 5]) end(n);
  expect(await Promise.all(all.slice(0, 4))).toEqual([10, 20, 30, 40]);
  expect(sent).toHaveLength(1);
  end(6);
  expect(await Promise.all(all.slice(4))).toEqual([50, 60]);
  expect(sent).toHaveLength(2);
});

test('one that fails holds nothing up, and others are answered at once', async () => {
  const { api, end } = numbers();
  const [good, bad] = [api.later(1), api.fails(2)];
  const refused = expect(bad).rejects.toThrow('no 2');
  await turn();
  end(1);
  await turn();
  expect(await api.other(3)).toBe(-3);
  end(2);
  await refused;
  expect(await good).toBe(10);
});
