// What of the settings reaches beyond the app: folders that are read and a program that is started. A page can only ask for
// those; they are agreed to in a dialog of the operating system, where a page that was taken over cannot press the button.
import type { Settings } from '../../contract/settings';

/** Asks the user; false is the answer of someone who does not want to. */
export type Ask = (question: string, yes: string) => Promise<boolean>;

/** A question is a line or two, whatever is in it; signs that could make it read as something else are left out. */
const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, 300);

/** `patch` without what the user did not agree to. What stands already is not asked about again. */
export async function agreed(patch: Partial<Settings>, now: Settings, ask: Ask): Promise<Partial<Settings>> {
  const { sourceMappings, editorCommand, ...rest } = patch;
  const allowed: { -readonly [K in keyof Settings]?: Settings[K] } = rest;
  if (editorCommand !== undefined) {
    const isOld = editorCommand.trim() === '' || editorCommand === now.editorCommand;
    const question = `Start “${shown(editorCommand)}” when a place in the source is opened?`;
    if (isOld || (await ask(question, 'Allow'))) allowed.editorCommand = editorCommand;
  }
  if (sourceMappings !== undefined) {
    const folders = new Map(now.sourceMappings.map((m) => [m.to, true]));
    for (const { to } of sourceMappings)
      if (!folders.has(to))
        folders.set(to, await ask(`Let Tracewell read source files below ${shown(to)} and show them?`, 'Allow'));
    allowed.sourceMappings = sourceMappings.filter((m) => folders.get(m.to));
  }
  return allowed;
}
