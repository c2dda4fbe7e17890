// The part of ShellApi that is about the desktop round the traces (contract/desk-api.ts).
import { app, net, utilityProcess } from 'electron';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeskApi, Dropped, TourStep, UpdateState } from '../../contract/desk-api';
import type { CacheUsage, Settings } from '../../contract/settings';
import type { OpenedTrace } from '../../contract/shell-api';
import { feedOf } from '../updates/feed';
import { Updates, type Updater } from '../updates/updates';
import { appInfo } from './app-info';
import { askCache, type CacheWork } from './cache-helper';
import { isLink } from './deep-link';
import { findTraces } from './find-traces';
import type { Log } from './log';
import { makeReport } from './report';
import { tourPath } from './sample';

/** A file of an update feed is a few lines. */
const MOST_FEED_BYTES = 64 * 1024;

export interface DeskParts {
  readonly log: Log;
  settings(): Settings;
  traces(): readonly OpenedTrace[];
  /** Files and links, as from outside: links are asked about. */
  openAll(files: readonly string[]): Promise<void>;
  openPaths(paths: readonly string[]): Promise<void>;
  /** Shows View trace of a file that was just opened. */
  showTimeline(file: string): void;
  /** What engines get too: where the cache is and how large it may be. */
  engineEnv(): Record<string, string>;
}

export class DeskShell implements DeskApi {
  readonly #parts: DeskParts;
  #updates: Promise<Updates> | null = null;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  async openDropped({ paths }: { paths: readonly string[] }): Promise<Dropped> {
    const isFolder = await Promise.all(
      paths.map((p) =>
        stat(p).then(
          (s) => s.isDirectory(),
          () => false,
        ),
      ),
    );
    const opened = paths.filter((_p, i) => !isFolder[i]);
    await this.#parts.openPaths(opened);
    const folders = await Promise.all(paths.filter((_p, i) => isFolder[i]).map(findTraces));
    return { opened: opened.map((p) => path.resolve(p)), folders };
  }

  async openPasted({ text }: { text: string }): Promise<boolean> {
    const wanted = pastedPath(text);
    if (wanted === null) return false;
    await this.#parts.openAll([wanted]);
    return true;
  }

  readCache(): Promise<CacheUsage> {
    return askCache('usage', (work) => this.#forkHelper(work));
  }

  clearCache(): Promise<CacheUsage> {
    this.#parts.log.write('the cache of indexes was cleared');
    return askCache('clear', (work) => this.#forkHelper(work));
  }

  async openTour({ step }: { step: TourStep }): Promise<void> {
    const file = tourPath(step);
    await this.#parts.openPaths([file]);
    this.#parts.showTimeline(file);
  }

  readReport(): Promise<string> {
    return makeReport({
      app: appInfo(),
      settings: this.#parts.settings(),
      logFile: this.#parts.log.file,
      traceSizes: this.#parts.traces().map((t) => t.sizeBytes),
      nowMs: Date.now(),
      home: os.homedir(),
    });
  }

  async readUpdates(): Promise<UpdateState> {
    return (await this.#ofUpdates()).state;
  }

  async checkUpdates(): Promise<UpdateState> {
    return (await this.#ofUpdates()).check();
  }

  async loadUpdate(): Promise<UpdateState> {
    return (await this.#ofUpdates()).load();
  }

  #forkHelper(work: CacheWork): ReturnType<typeof utilityProcess.fork> {
    return utilityProcess.fork(path.join(__dirname, 'host.cjs'), ['--cache', work], {
      serviceName: 'Tracewell cache',
      stdio: 'inherit',
      env: this.#parts.engineEnv(),
    });
  }

  #ofUpdates(): Promise<Updates> {
    return (this.#updates ??= this.#makeUpdates());
  }

  async #makeUpdates(): Promise<Updates> {
    const config = app.isPackaged
      ? await readFile(path.join(process.resourcesPath, 'update.json'), 'utf8').catch(() => null)
      : null;
    return new Updates({
      feed: feedOf({
        isPackaged: app.isPackaged,
        platform: process.platform,
        appImage: process.env['APPIMAGE'],
        config,
      }),
      version: app.getVersion(),
      fetchFile: fetchSmall,
      // The bundler puts it beside main.
      updater: () =>
        (createRequire(__filename)(path.join(__dirname, 'updater.cjs')) as { makeUpdater(): Updater }).makeUpdater(),
      log: (line) => this.#parts.log.write(line),
    });
  }
}

/** A link of ours, a `file:` address or an absolute path, in one line; null for anything else. */
export function pastedPath(text: string): string | null {
  const line = text.trim().replace(/^(['"])(.*)\1$/, '$2');
  if (line === '' || line.length > 8192 || /[\r\n\0]/.test(line)) return null;
  if (isLink(line)) return line;
  if (line.startsWith('file://')) {
    try {
      return fileURLToPath(line);
    } catch {
      return null;
    }
  }
  return path.isAbsolute(line) ? path.normalize(line) : null;
}

/** Over https only, no redirect, no cookies, bounded. Errors: a sentence. */
async function fetchSmall(url: string): Promise<Uint8Array> {
  if (!url.startsWith('https://')) throw new Error('The update feed is not reached over https.');
  let response: Response;
  try {
    response = await net.fetch(url, { redirect: 'error', credentials: 'omit' });
  } catch {
    throw new Error('The update feed could not be reached.');
  }
  if (!response.ok) throw new Error(`The update feed answered ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.byteLength > MOST_FEED_BYTES) throw new Error('The update feed answered with too much.');
  return bytes;
}
