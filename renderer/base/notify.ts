// What is said beside the page: a toast for a while, and a line in the panel Notifications that can be read again.
// Not for errors that need an answer: those stand in the page.
import { shallowRef } from 'vue';
import { trackBusy } from './idle';

export type NoticeKind = 'info' | 'done' | 'warn' | 'danger';

export interface NoticeAction {
  readonly name: string;
  readonly run: () => void;
}

export interface Notice {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly kind: NoticeKind;
  /** One sentence. */
  readonly text: string;
  readonly action: NoticeAction | null;
}

/** Kept for the panel, newest first. */
export const MAX_NOTICES = 100;

/** All that was said, newest first. */
export const notices = shallowRef<readonly Notice[]>([]);
/** Those that a toast shows. */
export const toasts = shallowRef<readonly Notice[]>([]);

let nextId = 1;

/** Says something. Answers its id. `quiet`: only the panel has it, because it stands elsewhere already. */
export function notify(
  text: string,
  {
    kind = 'info',
    action = null,
    quiet = false,
  }: { kind?: NoticeKind; action?: NoticeAction | null; quiet?: boolean } = {},
): number {
  const notice: Notice = { id: nextId++, atMs: Date.now(), kind, text, action };
  notices.value = [notice, ...notices.value].slice(0, MAX_NOTICES);
  // The same words again replace the toast that is still there.
  if (!quiet) toasts.value = [...toasts.value.filter((t) => t.text !== text), notice].slice(-3);
  return notice.id;
}

export function endToast(id: number): void {
  toasts.value = toasts.value.filter((t) => t.id !== id);
}

export function clearNotices(): void {
  notices.value = [];
  toasts.value = [];
}

/** Says how a piece of work ended; the page is not at rest until then. */
export async function notifyOf<T>(work: Promise<T>, done: (value: T) => string, failed: string): Promise<T | null> {
  const end = trackBusy('work');
  try {
    const value = await work;
    notify(done(value), { kind: 'done' });
    return value;
  } catch (e) {
    notify(`${failed}: ${e instanceof Error ? e.message : String(e)}`, { kind: 'danger' });
    return null;
  } finally {
    end();
  }
}
