// The system's dialogs for files and folders, over the window when there is one.
import { app, type BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import path from 'node:path';

/** What a file is saved as. */
export interface FileType {
  readonly name: string;
  readonly extensions: readonly string[];
}

export class FileDialogs {
  readonly #window: () => BrowserWindow | null;
  /** Of the last export in this run. */
  #exportFolder: string | null = null;

  constructor(window: () => BrowserWindow | null) {
    this.#window = window;
  }

  /** Traces; none when the user thought otherwise. */
  traces(title: string, multiple: boolean): Promise<readonly string[]> {
    return this.#open({
      title,
      properties: ['openFile', ...(multiple ? (['multiSelections'] as const) : [])],
      filters: [
        { name: 'Go execution traces', extensions: ['trace', 'out'] },
        { name: 'All files', extensions: ['*'] },
      ],
    });
  }

  async folder(title: string): Promise<string | null> {
    const [folder] = await this.#open({ title, properties: ['openDirectory'] });
    return folder ?? null;
  }

  /** Where something is written: beside what was written before, or in the folder for downloads. Null: nowhere. */
  async target(name: string, title: string, { extensions, ...type }: FileType): Promise<string | null> {
    const options = {
      title,
      defaultPath: path.join(this.#exportFolder ?? app.getPath('downloads'), name),
      filters: [{ ...type, extensions: [...extensions] }],
    };
    const window = this.#window();
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    if (canceled || !filePath) return null;
    this.#exportFolder = path.dirname(filePath);
    return filePath;
  }

  async #open(options: OpenDialogOptions): Promise<readonly string[]> {
    const window = this.#window();
    const { canceled, filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    return canceled ? [] : filePaths;
  }
}
