// Source files for the page of a trace. The path comes out of the trace, so it says nothing of what may be read: what may
// is below a folder that the user chose, in the dialog or as a source mapping in Settings, is a file of a Go program, and
// is not large.
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { MOST_SOURCE_BYTES, type SourceText } from '../../contract/source-api';

/** Paths that begin with `from` are looked for below `to`. */
export interface SourceFolder {
  readonly from: string;
  readonly to: string;
}

const KINDS = new Set(['.go', '.s', '.c', '.cc', '.cpp', '.h', '.hpp', '.m', '.swig', '.y']);
const NO_FOLDER = 'Sources are read only from folders that you choose.';

const segmentsOf = (file: string): string[] => file.split(/[\\/]/).filter(Boolean);

/** A path of the trace below a folder: what follows `from`, null when it does not begin with it. */
function restOf(file: string, from: string): string | null {
  const [all, head] = [segmentsOf(file), segmentsOf(from)];
  if (head.some((s, i) => all[i] !== s) || all.length === head.length) return null;
  const rest = all.slice(head.length);
  return rest.includes('..') ? null : path.join(...rest);
}

export class SourceFiles {
  /** Learned from the dialog. */
  #folders: readonly SourceFolder[] = [];
  readonly #mappings: () => readonly SourceFolder[];

  /** `mappings`: those of Settings, as they are when a file is read. */
  constructor(mappings: () => readonly SourceFolder[] = () => []) {
    this.#mappings = mappings;
  }

  /** Reads a file that a trace names. Cost: at most MOST_SOURCE_BYTES. */
  async read(file: string): Promise<SourceText> {
    if (!KINDS.has(path.extname(file).toLowerCase())) return { reason: 'This is no file of a Go program.' };
    const mapped = this.#mappings().filter((m) => m.from !== '' && path.isAbsolute(m.to));
    const fits = [...this.#folders, ...mapped]
      .map((f) => ({ to: f.to, rest: restOf(file, f.from), length: f.from.length }))
      .filter((f) => f.rest !== null)
      .sort((a, b) => b.length - a.length);
    if (fits.length === 0) return { reason: NO_FOLDER };
    for (const { to, rest } of fits) {
      const found = await readBelow(to, rest!);
      if (found) return found;
    }
    return { reason: `It is not in the folder that you chose.` };
  }

  /** Learns from a chosen folder where the files of the trace are: the longest end of the path that is in there. */
  async learn(file: string, folder: string): Promise<boolean> {
    const all = segmentsOf(file);
    if (all.includes('..')) return false;
    for (let from = 0; from < all.length; from++) {
      const found = await readBelow(folder, path.join(...all.slice(from)));
      if (!found || !('text' in found)) continue;
      this.#folders = [{ from: `/${all.slice(0, from).join('/')}`, to: folder }, ...this.#folders];
      return true;
    }
    return false;
  }
}

/** The file, if it is one and does not lead out of the folder by a link; null: there is none. */
async function readBelow(folder: string, rest: string): Promise<SourceText | null> {
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(path.join(folder, rest))]);
    if (path.relative(root, real).startsWith('..') || !KINDS.has(path.extname(real).toLowerCase())) return null;
    const handle = await open(real, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return null;
      if (stat.size > MOST_SOURCE_BYTES) return { reason: 'The file is too large to be shown.' };
      return { text: await handle.readFile('utf8') };
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
