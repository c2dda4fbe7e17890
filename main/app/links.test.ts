import { expect, test } from 'vitest';
import { followLink, type LinkParts } from './links';

function parts(answer: boolean): LinkParts & { did: string[] } {
  const did: string[] = [];
  return {
    did,
    ask: (question) => {
      did.push(`ask ${question.includes('?') ? 'something' : ''}`);
      return Promise.resolve(answer);
    },
    openPath: (file) => Promise.resolve(void did.push(`open ${file}`)),
    startCapture: ({ source }) => {
      did.push(`capture ${'url' in source ? source.url : ''}`);
      return Promise.resolve(1);
    },
    showCapture: () => void did.push('show capture'),
    goToPlace: ({ path, place }) => void did.push(`go ${path} ${place.page} ${place.window?.fromNanos ?? 'as it is'}`),
    notice: (text) => void did.push(`notice ${text.slice(0, 20)}`),
  };
}

test('F168: a link asks first, then opens the place', async () => {
  const p = parts(true);
  await followLink('tracewell://open?file=/a.trace&from=5&to=9', p);
  expect(p.did).toEqual(['ask something', 'open /a.trace', 'go /a.trace view-trace 5']);
});

test('a link that is not agreed to does nothing', async () => {
  for (const link of ['tracewell://open?file=/a.trace', 'tracewell://open?url=http://x/']) {
    const p = parts(false);
    await followLink(link, p);
    expect(p.did).toEqual(['ask something']);
  }
});

test('an address is fetched as a capture', async () => {
  const p = parts(true);
  await followLink('tracewell://open?url=http://x.example/t', p);
  expect(p.did).toEqual(['ask something', 'show capture', 'capture http://x.example/t']);
});

test('E5.5: a broken link is a notice and no question', async () => {
  const p = parts(true);
  await followLink('tracewell://open?file=relative', p);
  expect(p.did).toEqual([expect.stringContaining('notice')]);
});
