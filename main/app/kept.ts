// What the window needs to know before it is made: the settings and the last session, as they were kept.
import path from 'node:path';
import { Session } from '../settings/session';
import { Settings } from '../settings/settings';

export interface Kept {
  readonly settings: Settings;
  readonly session: Session;
  /** Sentences about files that could not be read. */
  readonly notices: readonly string[];
}

/** Reads both at once; needs nothing of Electron, which may still be getting ready. A picture has no session. */
export async function readKept(dataDir: string, forShot: boolean): Promise<Kept> {
  const settings = new Settings(path.join(dataDir, 'settings.json'));
  const session = new Session(path.join(dataDir, 'session.json'));
  const read = await Promise.all([settings.load(), forShot ? null : session.load()]);
  return { settings, session, notices: read.filter((n) => n !== null) };
}
