// What widgets need of the desktop around them: the clipboard, files, an editor. The app provides it from the shell
// (renderer/app/desk.ts), tests and the gallery provide their own; without one the buttons for it are not shown.

import { inject, type InjectionKey } from 'vue';
import type { SaveKind } from '../../contract/save-api';

export type { SaveKind } from '../../contract/save-api';

/** A file that is being written: it appears under its name only when it is whole. */
export interface SaveSink {
  write(chunk: string | Uint8Array): Promise<void>;
  /** With `keep` the file is there; without nothing is left. */
  end(keep: boolean): Promise<void>;
}

export interface Desk {
  copyText(text: string): Promise<void>;
  /** Asks where; null when the user thought otherwise. */
  openSink(fileName: string, kind: SaveKind): Promise<SaveSink | null>;
  /** Opens a place of the source in the user's editor. Absent where the app cannot. */
  openSource?(file: string, line: number): Promise<void>;
  /** A sentence at the window's foot, for what was done: `Exported tasks.csv`. */
  say?(sentence: string): void;
}

export const DESK: InjectionKey<Desk> = Symbol('desk');

export const useDesk = (): Desk | null => inject(DESK, null);

/** Letters, figures, dot, dash and underscore; the rest of a name would not do on every disk. */
export const fileNameOf = (stem: string, kind: SaveKind): string =>
  `${stem.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '') || 'tracewell'}.${kind === 'text' ? 'txt' : kind}`;

/** Writes one whole thing where the user says. Answers false when the user thought otherwise. */
export async function saveWhole(
  desk: Desk,
  fileName: string,
  kind: SaveKind,
  what: string | Uint8Array,
): Promise<boolean> {
  const sink = await desk.openSink(fileName, kind);
  if (!sink) return false;
  let written = false;
  try {
    await sink.write(what);
    written = true;
  } finally {
    await sink.end(written);
  }
  desk.say?.(`Exported ${fileName}`);
  return true;
}
