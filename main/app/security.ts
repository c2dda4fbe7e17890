// What no page of ours may do, whatever happens inside it.
import { app, session, type WebContents } from 'electron';

/** Permissions, navigation, new windows, webviews and downloads are denied for everything that exists or will exist. */
export function denyByDefault(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
  session.defaultSession.on('will-download', (e) => e.preventDefault());
  app.on('web-contents-created', (_e, contents) => harden(contents));
}

function harden(contents: WebContents): void {
  contents.on('will-navigate', (e) => e.preventDefault());
  contents.on('will-redirect', (e) => e.preventDefault());
  contents.on('will-attach-webview', (e) => e.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
