// Files that the page exports: the user chooses where in the OS's dialog, the page only ever names them by number.

export const SAVE_KINDS = ['csv', 'png', 'svg', 'json', 'jsonl', 'pprof', 'html', 'text'] as const;
export type SaveKind = (typeof SAVE_KINDS)[number];

/** What a kind is called in the dialog, and how its files end. */
export const SAVE_TYPES: Readonly<Record<SaveKind, { readonly name: string; readonly extensions: readonly string[] }>> =
  {
    csv: { name: 'Comma-separated values', extensions: ['csv'] },
    png: { name: 'PNG picture', extensions: ['png'] },
    svg: { name: 'SVG picture', extensions: ['svg'] },
    json: { name: 'JSON', extensions: ['json'] },
    jsonl: { name: 'JSON Lines', extensions: ['jsonl'] },
    pprof: { name: 'pprof profile', extensions: ['pprof', 'pb.gz'] },
    html: { name: 'Report (HTML)', extensions: ['html'] },
    text: { name: 'Text', extensions: ['txt'] },
  };

/** One write at most: more is several. */
export const MOST_SAVE_BYTES = 8 * 2 ** 20;

export interface SaveApi {
  /** Asks where a file goes, and opens it under a hidden name beside that place. Null: the user thought otherwise. Errors: the disk's, as a sentence. */
  startSave(input: { suggestedName: string; kind: SaveKind }): Promise<{ saveId: number } | null>;
  /** Adds to the file, in order. A failure ends it: nothing is left of it then. */
  writeSave(input: { saveId: number; chunk: string | Uint8Array }): Promise<void>;
  /** `keep`: the file gets its name, and the answer is its path; else nothing is left of it. */
  endSave(input: { saveId: number; keep: boolean }): Promise<string | null>;
}
export const SAVE_METHODS = ['startSave', 'writeSave', 'endSave'] as const satisfies readonly (keyof SaveApi)[];
