// How long something may take. Whoever waits for it is told what it stood at, instead of waiting on.

export class TookTooLong extends Error {}

/** What to say where nobody can say what was waited for. */
const UNKNOWN = 'it does not answer any more';
const ANSWER_MS = 2000;

/** `work`, while it takes no longer. `where`: in a sentence, what it stands at; it may hang as well, and is given up. Errors: TookTooLong. */
export async function within<T>(seconds: number, work: Promise<T>, where: () => Promise<string>): Promise<T> {
  const late = Symbol('late');
  const done = await inTime(work, seconds * 1000, late);
  if (done !== late) return done;
  const stood = await inTime(
    where().catch(() => UNKNOWN),
    ANSWER_MS,
    UNKNOWN,
  );
  throw new TookTooLong(`there was none within ${seconds} s: ${stood}`);
}

/** What `work` comes to, or `instead`. */
export async function inTime<T, U>(work: Promise<T>, ms: number, instead: U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<U>((ok) => (timer = setTimeout(() => ok(instead), ms)));
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
