// electron-updater behind our interface. A bundle of its own, so that an ordinary start does not read it.
import { autoUpdater } from 'electron-updater';
import type { Updater } from './updates';

export function makeUpdater(): Updater {
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.allowDowngrade = false;
  autoUpdater.allowPrerelease = false;
  autoUpdater.disableWebInstaller = true;
  autoUpdater.logger = null;
  return {
    async find(url) {
      autoUpdater.setFeedURL({ provider: 'generic', url, channel: 'latest' });
      const result = await autoUpdater.checkForUpdates();
      if (!result) throw new Error('This build cannot replace itself.');
      const { version, files } = result.updateInfo;
      return { version, sums: files.map((f) => f.sha512) };
    },
    async load() {
      await autoUpdater.downloadUpdate();
    },
  };
}
