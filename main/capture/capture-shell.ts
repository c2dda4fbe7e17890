// The capture half of ShellApi: dialogs and questions by the operating system, the rest by `Captures`.
import { app, type BrowserWindow, dialog } from 'electron';
import path from 'node:path';
import { type CaptureApi, type CaptureEnd, type CaptureId, type CaptureProgress } from '../../contract/capture-api';
import { askUser } from '../windows/ask-user';
import { Captures } from './captures';

type InputOf<K extends keyof CaptureApi> = Parameters<CaptureApi[K]>[0];

export const CAPTURE_METHODS = [
  'startCapture',
  'cancelCapture',
  'chooseCaptureFile',
  'chooseCaptureDirectory',
  'readCaptureFolder',
] as const satisfies readonly (keyof CaptureApi)[];

export interface CaptureShellParts {
  window(): BrowserWindow | null;
  onProgress(progress: CaptureProgress): void;
  onEnd(end: CaptureEnd): void;
}

export class CaptureShell implements CaptureApi {
  readonly #parts: CaptureShellParts;
  readonly #folder: string;
  readonly #captures: Captures;
  /** Places the user chose in a dialog; a page names them by number, never by path. */
  readonly #chosen = new Map<number, string>();

  constructor(dataDir: string, parts: CaptureShellParts) {
    this.#parts = parts;
    this.#folder = path.join(dataDir, 'captures');
    this.#captures = new Captures({
      folder: this.#folder,
      onProgress: (p) => parts.onProgress(p),
      onEnd: (e) => parts.onEnd(e),
      ask: (question, yes) => askUser(parts.window(), question, yes),
      now: () => Date.now(),
    });
  }

  load(): Promise<void> {
    return this.#captures.sweep();
  }

  end(): Promise<void> {
    return this.#captures.end();
  }

  startCapture({ source, limits, saveId }: InputOf<'startCapture'>): Promise<CaptureId> {
    const chosen = saveId === null ? undefined : this.#chosen.get(saveId);
    if (saveId !== null && chosen === undefined)
      return Promise.reject(new Error('That place was not chosen; choose it again.'));
    // The dialog has asked about replacing.
    const save = chosen === undefined ? null : { path: chosen, mayReplace: true };
    return Promise.resolve().then(() => this.#captures.start(source, limits, save));
  }

  cancelCapture({ captureId }: InputOf<'cancelCapture'>): Promise<void> {
    this.#captures.cancel(captureId);
    return Promise.resolve();
  }

  async chooseCaptureFile({
    suggestedName,
  }: InputOf<'chooseCaptureFile'>): Promise<{ saveId: number; displayPath: string } | null> {
    const options = {
      title: 'Save the trace as',
      defaultPath: path.join(app.getPath('home'), path.basename(suggestedName)),
      filters: [{ name: 'Go execution traces', extensions: ['trace', 'out'] }],
    };
    const window = this.#parts.window();
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    if (canceled || !filePath) return null;
    const saveId = this.#chosen.size + 1;
    this.#chosen.set(saveId, filePath);
    return { saveId, displayPath: filePath };
  }

  async chooseCaptureDirectory(): Promise<string | null> {
    const options = { title: 'Run in this folder', properties: ['openDirectory' as const] };
    const window = this.#parts.window();
    const { canceled, filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    return canceled ? null : (filePaths[0] ?? null);
  }

  readCaptureFolder(): Promise<string> {
    return Promise.resolve(this.#folder);
  }
}
