// What the bar says when the file of an open trace is not the one any more that was opened. Pure.
import type { FileChange } from '../../contract/shell-api';

export interface ChangeText {
  readonly title: string;
  readonly sentence: string;
  /** There is something to read in its place. */
  readonly canReload: boolean;
}

/** `isRunning`: the engine that has the file open still answers. */
export function changeText({ kind, bytesLost }: FileChange, isRunning: boolean): ChangeText {
  const canLook = isRunning && !bytesLost;
  if (kind === 'deleted')
    return {
      title: 'File was deleted.',
      sentence: canLook ? 'Its trace can be looked at until this tab is closed.' : 'What was drawn stays.',
      canReload: false,
    };
  const now =
    kind === 'truncated' ? 'It was cut short, or is being written anew.' : 'It is not the trace that was opened.';
  return {
    title: 'File was replaced.',
    sentence: canLook ? 'What you see is the trace that was opened.' : `${now} What was drawn stays.`,
    canReload: true,
  };
}
