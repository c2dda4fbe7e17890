// Opens a place of the source in the user's editor. The path comes out of a trace, so it is a stranger's: it is an
// argument of a program that is started by itself, never a word that a shell reads, and must be a file that is there.
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgsStringToArgv } from 'string-argv';
import type { Settings, SourceMapping } from '../../contract/settings';

export type EditorSettings = Pick<Settings, 'editor' | 'editorCommand' | 'sourceMappings'>;

/** The path on this machine: the longest mapping that fits, at a border between folders. */
export function mapSource(file: string, mappings: readonly SourceMapping[]): string {
  const fits = (from: string): boolean => file === from || file.startsWith(/[\\/]$/.test(from) ? from : `${from}/`);
  const best = mappings.filter((m) => m.from !== '' && fits(m.from)).sort((a, b) => b.from.length - a.from.length)[0];
  return best ? path.join(best.to, file.slice(best.from.length)) : file;
}

/** Opens vim in a terminal of the system; the words after the script are its arguments. */
const VIM: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    'osascript',
    '-e',
    'on run argv',
    '-e',
    'tell application "Terminal" to do script "vim +" & (item 1 of argv) & " -- " & quoted form of (item 2 of argv)',
    '-e',
    'end run',
    '{line}',
    '{file}',
  ],
  win32: ['gvim.exe', '+{line}', '{file}'],
};
const VIM_IN_TERMINAL = ['x-terminal-emulator', '-e', 'vim', '+{line}', '--', '{file}'];

/** The words that start an editor; `{file}` and `{line}` stand for the place. Errors: a sentence when there are none. */
function templateOf({ editor, editorCommand }: EditorSettings, platform: NodeJS.Platform): readonly string[] | string {
  switch (editor) {
    case 'vscode':
      // N.B. `code` is a script on Windows, which only a shell could start.
      return platform === 'win32'
        ? [
            path.win32.join(process.env['LOCALAPPDATA'] ?? '', 'Programs', 'Microsoft VS Code', 'Code.exe'),
            '-g',
            '{file}:{line}',
          ]
        : ['code', '-g', '{file}:{line}'];
    case 'goland':
      return [platform === 'win32' ? 'goland64.exe' : 'goland', '--line', '{line}', '{file}'];
    case 'vim':
      return VIM[platform] ?? VIM_IN_TERMINAL;
    case 'custom': {
      // Cut as a shell would with quotes, and nothing else of a shell.
      const words = parseArgsStringToArgv(editorCommand);
      if (words.length === 0) return 'The editor command in Settings is empty.';
      return words.some((w) => w.includes('{file}')) ? words : [...words, '{file}'];
    }
    default:
      return 'No editor is chosen in Settings.';
  }
}

/** Program and arguments for a place. Each word stays one argument, whatever is in the path. */
export function editorWords(
  settings: EditorSettings,
  file: string,
  line: number,
  platform: NodeJS.Platform = process.platform,
): readonly string[] | string {
  const template = templateOf(settings, platform);
  if (typeof template === 'string') return template;
  // N.B. a function, since `$&` in a path would mean something to replaceAll.
  return template.map((w) => w.replaceAll('{line}', () => String(line)).replaceAll('{file}', () => file));
}

/** Folders of programs that an app started from the desktop does not get in its PATH. */
const MORE_FOLDERS = ['/usr/local/bin', '/opt/homebrew/bin', '/snap/bin', path.join(homedir(), '.local/bin')];

export interface OpenedSource {
  readonly opened: boolean;
  readonly sentence: string;
}

const refused = (sentence: string): OpenedSource => ({ opened: false, sentence });

/** Starts the editor. Errors: none are thrown; the sentence says what is wrong and what to do. */
export async function openInEditor(settings: EditorSettings, file: string, line: number): Promise<OpenedSource> {
  const here = mapSource(file, settings.sourceMappings);
  if (!path.isAbsolute(here))
    return refused(`${file} is not the whole path of a file: add a source mapping in Settings.`);
  const isFile = await stat(here).then(
    (s) => s.isFile(),
    () => false,
  );
  if (!isFile) return refused(`There is no file ${here}: tell in Settings where ${file} is on this machine.`);
  const words = editorWords(settings, here, line);
  if (typeof words === 'string') return refused(words);
  const [program = '', ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      shell: false,
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, PATH: [process.env['PATH'], ...MORE_FOLDERS].filter(Boolean).join(path.delimiter) },
    });
    child.once('error', (e: NodeJS.ErrnoException) =>
      resolve(
        refused(
          e.code === 'ENOENT'
            ? `The program ${program} was not found: install it, or set a command with its whole path in Settings.`
            : `${program} could not be started: ${e.message}.`,
        ),
      ),
    );
    child.once('spawn', () => {
      child.unref();
      resolve({ opened: true, sentence: `Opened ${path.basename(here)}:${line}.` });
    });
  });
}
