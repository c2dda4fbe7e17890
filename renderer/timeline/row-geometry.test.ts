import { describe, expect, it } from 'vitest';
import { RowGeometry, type ListItem } from './row-geometry';

const brief = (items: readonly ListItem[]): string =>
  items
    .map((i) => (i.kind === 'head' ? `${i.open ? '-' : '+'}${i.group.name}@${i.topPx}` : `${i.index}@${i.topPx}`))
    .join(' ');
const groups = [
  { name: 'a', from: 0, count: 2 },
  { name: 'b', from: 2, count: 3 },
  { name: 'c', from: 5, count: 1 },
];
const closed = (...names: string[]): ReadonlySet<string> => new Set(names);

describe('rows of a list', () => {
  it('stand below the heads of their groups', () => {
    const g = new RowGeometry({ count: 6, groups, closed: closed(), headPx: 20, rowPx: 10 });
    expect(g.heightPx).toBe(120);
    expect(brief(g.between(0, 1000))).toBe('-a@0 0@20 1@30 -b@40 2@60 3@70 4@80 -c@90 5@110');
    expect(brief(g.between(35, 71))).toBe('1@30 -b@40 2@60 3@70');
  });

  it('take no room in closed groups', () => {
    const g = new RowGeometry({ count: 6, groups, closed: closed('b'), headPx: 20, rowPx: 10 });
    expect(brief(g.between(0, 1000))).toBe('-a@0 0@20 1@30 +b@40 -c@60 5@80');
    expect(g.placeOf(3)).toEqual({ topPx: 40, heightPx: 20, closedGroup: 'b' });
    expect(g.placeOf(5)).toEqual({ topPx: 80, heightPx: 10, closedGroup: null });
    expect([g.neighbour(1, 1), g.neighbour(5, -1), g.neighbour(5, 1), g.neighbour(0, -1)]).toEqual([5, 1, null, null]);
  });

  it('may differ in height', () => {
    const g = new RowGeometry({ count: 4, groups: [], closed: closed(), headPx: 20, rowPx: (i) => 10 * (i + 1) });
    expect(brief(g.between(0, 1000))).toBe('0@0 1@10 2@30 3@60');
    expect(brief(g.between(29, 31))).toBe('1@10 2@30');
    expect(brief(g.between(30, 31))).toBe('2@30');
    expect(g.heightPx).toBe(100);
  });

  it('are found among millions', () => {
    const g = new RowGeometry({ count: 4_200_000, groups: [], closed: closed(), headPx: 20, rowPx: 25 });
    expect(g.heightPx).toBe(105_000_000);
    expect(brief(g.between(50_000_010, 50_000_060))).toBe('2000000@50000000 2000001@50000025 2000002@50000050');
  });

  it('agrees with itself at every place', () => {
    const g = new RowGeometry({ count: 6, groups, closed: closed('a'), headPx: 7, rowPx: (i) => 3 + (i % 3) });
    for (let y = 0; y < g.heightPx; y++) {
      const [at] = g.between(y, y + 1);
      expect(at!.topPx).toBeLessThanOrEqual(y);
      expect(at!.topPx + at!.heightPx).toBeGreaterThan(y);
    }
  });
});
