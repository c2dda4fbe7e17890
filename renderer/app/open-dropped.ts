// What becomes of things that are dropped or pasted: files open, folders are asked about, two files can be compared, an
// address goes to the page Capture.
import { baseName } from '../base/format';
import { trackPromise } from '../base/idle';
import { notify } from '../base/notify';
import { wantAddress } from '../pages/capture/use-capture';
import { useShell } from './shell-store';
import { useTabs } from './tabs-store';

export async function openDropped(paths: readonly string[]): Promise<void> {
  const { opened, folders } = await trackPromise('drop', window.shell.openDropped({ paths }));
  for (const { displayFolder, isComplete } of folders.filter((f) => f.traces.length === 0))
    notify(
      `There is no Go execution trace in ${displayFolder}${isComplete ? '' : ', as far as it was looked through'}.`,
      { kind: 'warn' },
    );
  offerToCompare(opened);
  const shell = useShell();
  shell.folders = [...shell.folders, ...folders.filter((f) => f.traces.length > 0)];
}

/** Two files that come together are most often meant to be held against each other. */
function offerToCompare(paths: readonly string[]): void {
  if (paths.length !== 2) return;
  const { compare } = useTabs();
  const [a = '', b = ''] = paths.map(baseName);
  notify(`Compare ${a} with ${b}?`, {
    action: { name: 'Compare', run: () => void compare(paths.map((path) => ({ path, section: 1 }))) },
  });
}

/** Text that was pasted outside of a field. Answers whether it meant something. */
export function openPasted(text: string): boolean {
  const line = text.trim();
  if (/^https?:\/\/\S+$/i.test(line)) {
    wantAddress(line);
    useTabs().openAppTab('capture');
    return true;
  }
  if (!/^(tracewell:|file:\/\/|\/|~?[A-Za-z]:\\|\\\\|["']\/)/.test(line) || /[\r\n]/.test(line)) return false;
  void trackPromise('paste', window.shell.openPasted({ text: line }));
  return true;
}

const FIELDS = 'input, textarea, select, [contenteditable="true"]';
export function onPaste(e: ClipboardEvent): void {
  if (e.target instanceof HTMLElement && e.target.closest(FIELDS)) return;
  if (document.querySelector('dialog[open]')) return;
  if (openPasted(e.clipboardData?.getData('text/plain') ?? '')) e.preventDefault();
}
