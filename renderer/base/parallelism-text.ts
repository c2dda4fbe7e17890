// Idle processors beside runnable goroutines, in words. Pure.

import type { Parallelism } from '../../contract/answers';
import { formatDurationText, formatShare } from './format';

/** Why goroutines waited for a processor; empty where none waited. */
export function latencyText(p: Parallelism): string {
  if (p.waitedNanos === 0) return '';
  const share = p.waitedIdleNanos / p.waitedNanos;
  const all = formatDurationText(p.waitedNanos);
  if (p.waitedIdleNanos === 0) return `Of ${all} scheduler latency all was inherent: no processor was idle meanwhile.`;
  return `Of ${all} scheduler latency ${formatDurationText(p.waitedIdleNanos)} (${formatShare(share)}) passed while a processor was idle: time to wake it. The rest, ${formatShare(1 - share)}, was inherent: every processor was busy.`;
}
