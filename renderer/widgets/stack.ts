// Stacks as they are read: recursion folded, the runtime's frames told apart, as text for copies.

import type { Frame } from '../../contract/answers';

/** A frame, and how many equal ones follow each other. */
export interface FoldedFrame extends Frame {
  readonly times: number;
  /** Of the runtime: drawn in a paler ink. */
  readonly ofRuntime: boolean;
}

const RUNTIME = /^(runtime|internal\/runtime|syscall)[./]/;

/** Of the runtime: not where a user looks first. */
export const isRuntimeFrame = (f: Frame): boolean =>
  RUNTIME.test(f.function) && !f.function.startsWith('runtime/trace.');

/** A stack with recursion folded: frames that are equal and follow each other become one with a count. */
export function foldFrames(frames: readonly Frame[]): readonly FoldedFrame[] {
  const out: (FoldedFrame & { times: number })[] = [];
  for (const f of frames) {
    const last = out.at(-1);
    if (last && last.function === f.function && last.file === f.file && last.line === f.line)
      out[out.length - 1] = { ...last, times: last.times + 1 };
    else out.push({ ...f, times: 1, ofRuntime: isRuntimeFrame(f) });
  }
  return out;
}

/** A stack as text, in Go's own form. */
export const stackText = (frames: readonly Frame[]): string =>
  frames.map((f) => `${f.function}\n\t${f.file}:${f.line}\n`).join('');
