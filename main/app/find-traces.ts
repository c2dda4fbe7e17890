// Traces inside a folder: looked for by their first bytes, so that names do not matter.
import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MOST_FOUND_TRACES, type FolderTraces, type FoundTrace } from '../../contract/desk-api';
import { displayDirectory } from './open-trace';

/** A folder of a project has subfolders of packages; a home folder has everything. */
const MOST_LEVELS = 4;
const MOST_ENTRIES = 5000;
/** Never of interest, and often huge. */
const SKIPPED = new Set(['node_modules', 'target']);
const HEAD_BYTES = 16;
/** How gzip and zstd begin. */
const PACKED = [Buffer.from([0x1f, 0x8b]), Buffer.from([0x28, 0xb5, 0x2f, 0xfd])];

/** By its first bytes; packed ones also by their name, since any packed file begins like that. */
function isTrace(head: Buffer, name: string): boolean {
  if (/^go 1\.\d+ trace/.test(head.toString('latin1'))) return true;
  const isPacked = PACKED.some((magic) => head.subarray(0, magic.length).equals(magic));
  return isPacked && /trace|\.out\.(gz|zst)$/i.test(name);
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function looked(file: string, root: string): Promise<FoundTrace | null> {
  try {
    if (!isTrace(await headOf(file), path.basename(file))) return null;
    const { size, mtimeMs } = await stat(file);
    return { path: file, name: path.relative(root, file), sizeBytes: size, changedAtMs: mtimeMs };
  } catch {
    return null; // not to be read, or gone meanwhile
  }
}

/**
 * The traces below a folder, newest first. Links are left out, so it cannot go in circles; so is what is hidden, which is
 * where a capture or an export lies until it is whole (main/capture/part-file.ts).
 * Cost: a look at up to MOST_ENTRIES names, and the first bytes of each file. Errors: none; what cannot be read is left out.
 */
export async function findTraces(folder: string): Promise<FolderTraces> {
  const traces: FoundTrace[] = [];
  let left = MOST_ENTRIES;
  let isComplete = true;
  const waiting: { readonly dir: string; readonly level: number }[] = [{ dir: folder, level: 1 }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { dir, level } = next;
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => [] as Dirent[]);
    for (const entry of entries) {
      if (left-- <= 0 || traces.length >= MOST_FOUND_TRACES) return ordered(false);
      if (entry.name.startsWith('.')) continue;
      const full = path.join(dir, entry.name);
      if (entry.isFile()) {
        const trace = await looked(full, folder);
        if (trace) traces.push(trace);
      } else if (entry.isDirectory() && !SKIPPED.has(entry.name)) {
        if (level < MOST_LEVELS) waiting.push({ dir: full, level: level + 1 });
        else isComplete = false;
      }
    }
  }
  return ordered(isComplete);

  function ordered(all: boolean): FolderTraces {
    return {
      folder,
      displayFolder: displayDirectory(path.join(folder, 'x')),
      traces: [...traces].sort((a, b) => b.changedAtMs - a.changedAtMs || (a.name < b.name ? -1 : 1)),
      isComplete: all,
    };
  }
}
