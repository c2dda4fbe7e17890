// Goroutines that are unlike the others of their function. Pure.

import type { Distribution } from '../../../contract/answers';
import type { Nanos } from '../../../contract/units';

/** Times the distance between the quartiles. */
const FENCE = 3;

/** From where on a goroutine is an outlier: as far above the upper quartile as three times the quartiles are apart. */
export function outlierFrom(d: Distribution): Nanos {
  const at = (q: number): number => d.histogram.quantiles.find((x) => x.q === q)?.nanos ?? 0;
  return at(0.75) + FENCE * (at(0.75) - at(0.25));
}

/** Of the slowest that are told, those beyond it. */
export const outliersOf = (d: Distribution): Distribution['slowest'] =>
  d.slowest.filter((s) => s.nanos > outlierFrom(d));
