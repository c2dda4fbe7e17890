// What About says.
import { app } from 'electron';
import os from 'node:os';
import path from 'node:path';
import type { AppInfo } from '../../contract/shell-api';

/** The oldest Electron that gets security fixes at the time of this release; older ones are for development only. */
const OLDEST_SUPPORTED_ELECTRON = 43;

export function runtimeNote(electronVersion: string): string | null {
  return Number.parseInt(electronVersion, 10) >= OLDEST_SUPPORTED_ELECTRON
    ? null
    : `Electron ${electronVersion} gets no security fixes any more: this runtime is for development only and must not be given to users.`;
}

export function appInfo(): AppInfo {
  const { electron = '', chrome = '', node = '' } = process.versions as Record<string, string | undefined>;
  return {
    name: app.getName(),
    version: app.getVersion(),
    electron,
    chrome,
    node,
    os: `${os.type()} ${os.release()} ${process.arch}`,
    runtimeNote: runtimeNote(electron),
  };
}

/** The command line as it was compiled: a resource of an installed app, else where the set-up put it. */
export function nativeCli(): string {
  const name = process.platform === 'win32' ? 'tracewell.exe' : 'tracewell';
  return app.isPackaged
    ? path.join(process.resourcesPath, 'bin', name)
    : path.join(app.getAppPath(), 'dist', 'native', name);
}
