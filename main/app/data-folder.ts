// Where recent traces, settings and Chromium's own profile live.
import { app } from 'electron';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * TRACEWELL_DATA_DIR, else the OS's place for the app's data. Call before the app is ready.
 * With `forShot` Chromium's profile is a folder that is removed at the end: a picture must not wait for, or disturb,
 * the app that is open beside it; what it shows of recent traces is still the user's.
 */
export function useDataFolder(forShot: boolean): string {
  const wanted = process.env['TRACEWELL_DATA_DIR'];
  const profileGiven = app.commandLine.hasSwitch('user-data-dir');
  const usual = forShot ? path.join(app.getPath('appData'), app.getName()) : app.getPath('userData');
  const dataDir = wanted ? path.resolve(wanted) : usual;
  if (forShot && !profileGiven) {
    const profile = mkdtempSync(path.join(tmpdir(), 'tracewell-shot-'));
    app.setPath('userData', profile);
    app.on('quit', () => rmSync(profile, { recursive: true, force: true }));
  } else if (wanted && !profileGiven) {
    // The single-instance lock belongs to the profile: two data folders are two apps.
    app.setPath('userData', path.join(dataDir, 'profile'));
  }
  return dataDir;
}
