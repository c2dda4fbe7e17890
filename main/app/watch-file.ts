// Tells that something may have happened to a file. The folder is watched, not the file: a watch of the file would stay
// with the old one when another is renamed over it.
import { realpathSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** Where a folder cannot be watched, the file is looked at this often. */
const POLL_MS = 2000;

/** Calls back at each event. Returns the end of it. Cost when nothing happens in the folder: none. */
export function watchFile(file: string, onEvent: () => void): () => void {
  const watchers: FSWatcher[] = [];
  let poll: NodeJS.Timeout | undefined;
  const startPoll = (): void => void (poll ??= setInterval(onEvent, POLL_MS).unref());
  for (const place of places(file)) {
    try {
      const watcher = watch(path.dirname(place), { persistent: false }, (_type, name) => {
        if (name === null || name === path.basename(place)) onEvent();
      });
      watcher.on('error', () => {
        watcher.close();
        startPoll();
      });
      watchers.push(watcher);
    } catch {
      startPoll();
    }
  }
  return () => {
    clearInterval(poll);
    for (const w of watchers) w.close();
  };
}

/** The path itself and, where that is a link, what it leads to. */
function places(file: string): string[] {
  try {
    return [...new Set([file, realpathSync(file)])];
  } catch {
    return [file];
  }
}
