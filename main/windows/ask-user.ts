// A question in a dialog of the operating system: a page that was taken over cannot press its button.
import { type BrowserWindow, dialog } from 'electron';

/** True when the user pressed `yes`. Escape, and Return at once, are no. */
export async function askUser(window: BrowserWindow | null, question: string, yes: string): Promise<boolean> {
  const options = {
    type: 'question' as const,
    message: question,
    buttons: [yes, 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
  const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
  return response === 0;
}
