// A place in the source (file:line): opened in the editor of the settings, else copied. Every stack uses this.
import { notify } from './notify';
import { usePreferences } from './preferences';

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** Opens a place in the user's editor; without one it is copied, and said. Never throws. */
export async function openSource({ file, line }: SourcePlace): Promise<void> {
  const at = `${file}:${line}`;
  if (usePreferences().value.editor === 'none') {
    await window.shell.copyText({ text: at });
    notify(`Copied ${at}. Choose an editor in Settings to open it.`);
    return;
  }
  try {
    const { opened, sentence } = await window.shell.openSource({ file, line });
    if (!opened) notify(sentence, { kind: 'warn' });
  } catch (e) {
    notify(`${at} could not be opened: ${e instanceof Error ? e.message : String(e)}`, { kind: 'danger' });
  }
}
