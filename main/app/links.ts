// Follows links, after the user has agreed.
import { DEFAULT_CAPTURE_LIMITS, type CaptureApi } from '../../contract/capture-api';
import type { ShellEvents } from '../../contract/shell-api';
import { linkQuestion, readLink } from './deep-link';

export interface LinkParts {
  ask(question: string, yes: string): Promise<boolean>;
  openPath(file: string): Promise<void>;
  startCapture: CaptureApi['startCapture'];
  showCapture(): void;
  goToPlace(to: ShellEvents['goToPlace']): void;
  notice(sentence: string): void;
}

/** Nothing is read, looked at or fetched before the question is answered. Never throws: what is wrong is a notice. */
export async function followLink(text: string, parts: LinkParts): Promise<void> {
  try {
    const link = readLink(text);
    if (!(await parts.ask(linkQuestion(link), link.file === null ? 'Fetch' : 'Open'))) return;
    if (link.file === null) {
      parts.showCapture();
      const source = { kind: 'url', url: link.url ?? '', method: 'GET', headers: [] } as const;
      await parts.startCapture({ source, limits: DEFAULT_CAPTURE_LIMITS, saveId: null });
      return;
    }
    await parts.openPath(link.file);
    if (link.page === null && link.window === null && link.select === null && link.view === null) return;
    const page = link.page ?? { page: 'view-trace', arg: null };
    const place = {
      ...page,
      ...(link.window === null ? {} : { window: link.window }),
      ...(link.view === null ? {} : { view: link.view }),
      select: link.select,
    };
    parts.goToPlace({ path: link.file, place });
  } catch (e) {
    parts.notice((e as Error).message);
  }
}
