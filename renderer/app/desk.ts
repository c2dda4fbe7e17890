// The desktop as widgets need it, by way of the shell.
import { MOST_SAVE_BYTES } from '../../contract/save-api';
import { notify } from '../base/notify';
import { openSource } from '../base/open-source';
import type { Desk, SaveSink } from '../widgets/desk';

/** Long texts go in pieces: one message is bounded. N.B. a cut between the halves of a pair would spoil both. */
function* pieces(chunk: string | Uint8Array): Generator<string | Uint8Array> {
  for (let from = 0; from < chunk.length;) {
    let to = Math.min(chunk.length, from + MOST_SAVE_BYTES / 4);
    if (typeof chunk === 'string' && to < chunk.length && /[\uD800-\uDBFF]/.test(chunk[to - 1]!)) to--;
    yield chunk.slice(from, to);
    from = to;
  }
}

async function openSink(suggestedName: string, kind: Parameters<Desk['openSink']>[1]): Promise<SaveSink | null> {
  const opened = await window.shell.startSave({ suggestedName, kind });
  if (!opened) return null;
  const { saveId } = opened;
  return {
    async write(chunk) {
      for (const piece of pieces(chunk)) await window.shell.writeSave({ saveId, chunk: piece });
    },
    async end(keep) {
      await window.shell.endSave({ saveId, keep });
    },
  };
}

export const shellDesk: Desk = {
  copyText: (text) => window.shell.copyText({ text }),
  openSink,
  openSource: (file, line) => openSource({ file, line }),
  say: (sentence) => void notify(/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`, { kind: 'done' }),
};
