// What tells one state of a file from another, and what a difference means for an engine that has mapped the first.
import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileChangeKind } from '../../contract/shell-api';

/** A state of a file. N.B. big integers: inode numbers and times in nanoseconds are beyond a double. */
export interface FileStamp {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly modifiedNanos: bigint;
  /** Its first bytes, and the last of the length that was asked for; a file that is shorter has no tail. */
  readonly head: Buffer;
  readonly tail: Buffer;
}

export interface FileState {
  /** Null: nothing that a reader of the file would notice. */
  readonly kind: FileChangeKind | null;
  /** The bytes that were opened are not there any more: a map of them shows others, or ends the process that reads it. */
  readonly bytesLost: boolean;
}

/** Bytes that are compared at each end. Two traces differ in their first batch: it begins with times. */
const END_BYTES = 4096n;

const NOTHING = Buffer.alloc(0);
const bigMin = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * The state of a file, its tail being that of its first `length` bytes (default: all). Null when there is no such file.
 * Errors: Node's, when it may not be looked at. Cost: two stats and two reads of 4 KiB.
 */
export async function readStamp(file: string, length?: bigint): Promise<FileStamp | null> {
  try {
    const found = await stat(file, { bigint: true });
    // N.B. opening a pipe would wait for who writes it.
    if (!found.isFile()) return stampOf(found, NOTHING, NOTHING);
    const handle = await open(file, 'r');
    try {
      const now = await handle.stat({ bigint: true });
      const end = length ?? now.size;
      const read = async (from: bigint, to: bigint): Promise<Buffer> => {
        const buffer = Buffer.alloc(Number(to - from));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, Number(from));
        return buffer.subarray(0, bytesRead);
      };
      const head = await read(0n, bigMin(now.size, END_BYTES));
      return stampOf(now, head, end > now.size ? NOTHING : await read(end - bigMin(end, END_BYTES), end));
    } finally {
      await handle.close();
    }
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw e;
  }
}

const stampOf = ({ dev, ino, size, mtimeNs }: BigIntStats, head: Buffer, tail: Buffer): FileStamp => ({
  device: dev,
  inode: ino,
  size,
  modifiedNanos: mtimeNs,
  head,
  tail,
});

const sameFile = (a: FileStamp, b: FileStamp): boolean => a.device === b.device && a.inode === b.inode;

/** True when nothing was written between the two. */
export const sameStamp = (a: FileStamp | null, b: FileStamp | null): boolean =>
  a === null || b === null
    ? a === b
    : sameFile(a, b) && a.size === b.size && a.modifiedNanos === b.modifiedNanos && a.head.equals(b.head);

/** What became of the file that was opened. `now` must have been read with the opened file's size as its length. */
export function stateOf(opened: FileStamp, now: FileStamp | null): FileState {
  // A file that is deleted or renamed away stays whole for whoever has mapped it.
  if (now === null) return { kind: 'deleted', bytesLost: false };
  if (!sameFile(opened, now)) return { kind: 'replaced', bytesLost: false };
  const common = Math.min(opened.head.length, now.head.length);
  const sameHead = opened.head.subarray(0, common).equals(now.head.subarray(0, common));
  if (now.size < opened.size) return { kind: sameHead ? 'truncated' : 'replaced', bytesLost: true };
  if (!sameHead || !opened.tail.equals(now.tail)) return { kind: 'replaced', bytesLost: true };
  // Only touched, or appended to: then what was opened is still there, but it is not all.
  return { kind: now.size === opened.size ? null : 'replaced', bytesLost: false };
}
