import { describe, expect, it } from 'vitest';
import { across, extentsOf, insideOf, inverse, isClose, linkOf, windowAcross } from './link-axes';

const A = { atNanos: 100, lengthNanos: 1000 };
const B = { atNanos: 400, lengthNanos: 500 };

describe('F154: linked axes', () => {
  it('an offset, and with it a factor when they are stretched', () => {
    const plain = linkOf(A, B, false);
    expect([across(plain, 100), across(plain, 350), plain.scale]).toEqual([400, 650, 1]);
    const stretched = linkOf(A, B, true);
    expect([across(stretched, 100), across(stretched, 1100)]).toEqual([400, 900]);
  });

  it('there and back is where it was', () => {
    for (const l of [linkOf(A, B, false), linkOf(A, B, true)]) {
      const w = { fromNanos: 37, toNanos: 999 };
      expect(isClose(windowAcross(inverse(l), windowAcross(l, w)), w)).toBe(true);
    }
  });

  it('each axis holds both traces, and both show the same', () => {
    const l = linkOf(A, B, false);
    const [a, b] = extentsOf(l, 2945, 1004);
    expect(a).toEqual({ fromNanos: -300, toNanos: 2945 });
    expect(b).toEqual({ fromNanos: 0, toNanos: 3245 });
    expect(isClose(windowAcross(l, a), b)).toBe(true);
  });

  it('a trace that is stretched to another fills its axis', () => {
    const l = linkOf({ atNanos: 0, lengthNanos: 2945 }, { atNanos: 0, lengthNanos: 1004 }, true);
    const [a, b] = extentsOf(l, 2945, 1004);
    expect([a.toNanos, b.toNanos].map(Math.round)).toEqual([2945, 1004]);
  });

  it('what is compared of a window is what lies in the trace', () => {
    expect(insideOf({ fromNanos: -50.5, toNanos: 70.2 }, 1000)).toEqual({ fromNanos: 0, toNanos: 71 });
    expect(insideOf({ fromNanos: -50, toNanos: 5000 }, 1000)).toBeNull();
    expect(insideOf({ fromNanos: 2000, toNanos: 5000 }, 1000)).toBeNull();
  });
});
