import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { linkOf, parseLink, placeOf, restorePlace, selectText } from './saved-place';
import { useTraceStore } from './trace-store';
import { FIRST_MODE, MAX_PINNED, readMode, togglePinned } from './view-mode';

let id = 9000;
beforeEach(() => setActivePinia(createPinia()));

it('brings a place back from JSON: window, mode, marks, scrolling, and what to select', () => {
  const a = useTraceStore(++id);
  a.setWindow({ fromNanos: 5, toNanos: 900 });
  a.setMode({ ...FIRST_MODE, rowsBy: 'goroutines', colourBy: 'function', closed: ['main.f'], pinned: ['G3', 'P1'] });
  a.setMarks([{ fromNanos: 7, toNanos: 9, text: 'slow here' }]);
  a.setScrollTop(120);
  const b = useTraceStore(++id);
  restorePlace(b, JSON.parse(JSON.stringify({ ...placeOf(a), select: 'G12@77' })));
  expect(b.placedWindow).toEqual({ fromNanos: 5, toNanos: 900 });
  expect(b.mode).toEqual(a.mode);
  expect([b.marks, b.scrollTopPx, b.wantedSelect]).toEqual([a.marks, 120, 'G12@77']);
});

it('takes what is wrong in a place as it is at first', () => {
  const s = useTraceStore(++id);
  restorePlace(s, { window: { fromNanos: 9, toNanos: 3 }, mode: { rowsBy: 'moons', pinned: [1, 'G2'] }, marks: 'x' });
  expect([s.placedWindow, s.marks]).toEqual([null, []]);
  expect(s.mode).toEqual({ ...FIRST_MODE, pinned: ['G2'] });
  restorePlace(s, 'nonsense');
  expect(readMode(null)).toEqual(FIRST_MODE);
});

it('writes a link that leads back', () => {
  const mode = { ...FIRST_MODE, rowsBy: 'goroutines' as const, filter: 'fn:main.* dur>1ms' };
  const place = { window: { fromNanos: 93e6, toNanos: 135e6 }, mode, select: 'G26@96642560' };
  const file = '/tmp/a b&c.trace';
  expect(parseLink(` ${linkOf(file, place)}\n`, FIRST_MODE)).toEqual({ ...place, file });
  const whole = { window: null, mode: FIRST_MODE, select: null };
  expect(linkOf('/a', whole)).toBe('tracewell://open?file=%2Fa&page=view-trace');
  expect(parseLink(linkOf('/a', whole), mode)).toEqual({ ...whole, file: '/a' });
  expect(parseLink('tracewell://open?file=/a&page=goroutines/main.f', mode)).toBeNull();
  expect(parseLink('goroutines/main.f', mode)).toBeNull();
});

it('names what is selected', () => {
  const area = { fromNanos: 5, toNanos: 9, firstRow: 0, endRow: 1, tracks: [], rowsText: '' };
  expect(selectText({ kind: 'area', area })).toBe('area@5-9');
  expect(selectText(null)).toBeNull();
});

it('pins a row, takes it down again, and keeps the newest', () => {
  let m = togglePinned(FIRST_MODE, 'P3');
  expect(m.pinned).toEqual(['P3']);
  m = togglePinned(m, 'P3');
  expect(m.pinned).toEqual([]);
  for (let i = 0; i < MAX_PINNED + 3; i++) m = togglePinned(m, `G${i}`);
  expect([m.pinned.length, m.pinned[0]]).toEqual([MAX_PINNED, 'G3']);
});
