// When a trace was opened, as people say it.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const startOfDay = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** `just now`, `3 min ago`, `today 10:31`, `yesterday`, `19 Nov`, `19 Nov 2025`. Units: ms since 1970; local time. */
export function openedWhen(openedAtMs: number, nowMs: number): string {
  const ago = nowMs - openedAtMs;
  if (ago < MINUTE_MS) return 'just now';
  if (ago < 60 * MINUTE_MS) return `${Math.floor(ago / MINUTE_MS)} min ago`;
  const at = new Date(openedAtMs);
  const today = startOfDay(nowMs);
  if (openedAtMs >= today) return `today ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
  // N.B. half a day of slack: days in which clocks change are 23 or 25 hours long.
  if (startOfDay(openedAtMs) >= today - 1.5 * DAY_MS) return 'yesterday';
  const day = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  return at.getFullYear() === new Date(nowMs).getFullYear() ? day : `${day} ${at.getFullYear()}`;
}
