// Back and forward as in a browser: a list of places and where in it the user stands. Pure.

export interface PlaceHistory<P> {
  readonly entries: readonly P[];
  readonly at: number;
}

/** Places that are kept. */
export const MAX_PLACES = 200;

export const historyOf = <P>(first: P): PlaceHistory<P> => ({ entries: [first], at: 0 });

export const currentPlace = <P>(h: PlaceHistory<P>): P => h.entries[h.at]!;

/** A new place after the current one; what was forward of it is gone. */
export function visit<P>(h: PlaceHistory<P>, place: P): PlaceHistory<P> {
  const entries = [...h.entries.slice(0, h.at + 1), place].slice(-MAX_PLACES);
  return { entries, at: entries.length - 1 };
}

/** The current place became another without a step, e.g. something was selected in it. */
export const amend = <P>(h: PlaceHistory<P>, place: P): PlaceHistory<P> => ({
  entries: h.entries.map((p, i) => (i === h.at ? place : p)),
  at: h.at,
});

export const canGo = <P>(h: PlaceHistory<P>, steps: -1 | 1): boolean => h.entries[h.at + steps] !== undefined;

export const go = <P>(h: PlaceHistory<P>, steps: -1 | 1): PlaceHistory<P> =>
  canGo(h, steps) ? { ...h, at: h.at + steps } : h;

/** Each place as another: something that places hold is no longer true. */
export const mapPlaces = <P>(h: PlaceHistory<P>, f: (place: P) => P): PlaceHistory<P> => ({
  ...h,
  entries: h.entries.map(f),
});
