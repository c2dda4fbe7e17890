// The part of ShellApi that is about open traces and those that were open.
import { app, type BrowserWindow } from 'electron';
import path from 'node:path';
import type { AnonymisedCopy, RecentTrace, ShellApi } from '../../contract/shell-api';
import type { RecentList } from '../settings/recent-list';
import { askUser } from '../windows/ask-user';
import { runCli, saveAnonymised } from './anonymise';
import { nativeCli } from './app-info';
import type { FileDialogs } from './file-dialogs';
import type { HostManager } from './host-manager';
import type { OpenTraces } from './open-trace';
import { samplePath } from './sample';

export const TRACE_METHODS = [
  'chooseTraces',
  'openView',
  'openDialog',
  'openPaths',
  'openSample',
  'closeTrace',
  'openSection',
  'chooseBinary',
  'saveAnonymised',
  'dropBinary',
  'reopenTrace',
  'readRecents',
  'noteRecent',
  'removeRecent',
  'pinRecent',
  'clearRecents',
  'locateRecent',
  'readMemory',
] as const satisfies readonly (keyof ShellApi)[];

/** What a copy of a trace is saved as. */
const TRACE_TYPE = { name: 'Go execution trace', extensions: ['trace', 'out'] } as const;

export interface TraceShellParts {
  readonly traces: OpenTraces;
  readonly hosts: HostManager;
  readonly recents: RecentList;
  readonly dialogs: FileDialogs;
  window(): BrowserWindow | null;
  /** False while a picture is taken: nothing is remembered then. */
  readonly remembers: boolean;
}

export class TraceShell implements Pick<ShellApi, (typeof TRACE_METHODS)[number]> {
  readonly #parts: TraceShellParts;

  constructor(parts: TraceShellParts) {
    this.#parts = parts;
  }

  chooseTraces({ multiple }: { multiple: boolean }): Promise<readonly string[]> {
    return this.#parts.dialogs.traces('Choose traces to compare', multiple);
  }

  openView({ traceId, viewId }: { traceId: number; viewId: number }): Promise<boolean> {
    return Promise.resolve(this.#parts.hosts.connect(traceId, viewId));
  }

  async openDialog(): Promise<number> {
    const paths = await this.#parts.dialogs.traces('Open traces', true);
    await this.#parts.traces.openPaths(paths);
    return paths.length;
  }

  openPaths({ paths }: { paths: readonly string[] }): Promise<void> {
    return this.#parts.traces.openPaths(paths);
  }

  openSample(): Promise<void> {
    return this.#parts.traces.openPaths([samplePath()]);
  }

  closeTrace({ traceId }: { traceId: number }): Promise<void> {
    this.#parts.traces.close(traceId);
    this.#parts.hosts.forget(traceId);
    return Promise.resolve();
  }

  openSection({ traceId, section }: { traceId: number; section: number }): Promise<void> {
    return this.#parts.traces.openSection(traceId, section);
  }

  async chooseBinary({ traceId }: { traceId: number }): Promise<boolean> {
    const name = this.#parts.traces.get(traceId)?.fileName ?? '';
    const [binary] = await this.#parts.dialogs.traces(`The program that wrote ${name}`, false);
    if (binary === undefined) return false;
    await this.#parts.traces.useBinary(traceId, binary);
    return true;
  }

  async saveAnonymised({ traceId }: { traceId: number }): Promise<AnonymisedCopy | null> {
    const { traces, dialogs, window } = this.#parts;
    const trace = traces.get(traceId);
    if (!trace) return null;
    return saveAnonymised(trace, {
      ask: (question, yes) => askUser(window(), question, yes),
      chooseTarget: (name) => dialogs.target(name, 'A copy without names', TRACE_TYPE),
      run: (args) => runCli(nativeCli(), args),
    });
  }

  dropBinary({ traceId }: { traceId: number }): Promise<void> {
    return this.#parts.traces.useBinary(traceId, null);
  }

  reopenTrace({ traceId }: { traceId: number }): Promise<void> {
    return this.#parts.traces.reopen(traceId);
  }

  readRecents(): Promise<readonly RecentTrace[]> {
    return this.#parts.recents.read();
  }

  noteRecent({ traceId, ...figures }: Parameters<ShellApi['noteRecent']>[0]): Promise<void> {
    const trace = this.#parts.traces.get(traceId);
    // The list has an entry for each file: it tells of the first trace in it.
    if (!trace || trace.section > 1 || !this.#parts.remembers) return Promise.resolve();
    return this.#parts.recents.note(trace.path, {
      ...figures,
      procUse: figures.procUse ? [...figures.procUse] : null,
    });
  }

  removeRecent({ path: file }: { path: string }): Promise<void> {
    return this.#parts.recents.remove(file);
  }

  pinRecent({ path: file, pinned }: { path: string; pinned: boolean }): Promise<void> {
    return this.#parts.recents.pin(file, pinned);
  }

  clearRecents(): Promise<void> {
    app.clearRecentDocuments();
    return this.#parts.recents.clear();
  }

  async locateRecent({ path: file }: { path: string }): Promise<boolean> {
    const [found] = await this.#parts.dialogs.traces(`Where is ${path.basename(file)} now?`, false);
    if (found === undefined) return false;
    await this.#parts.recents.relocate(file, found);
    await this.#parts.traces.openPaths([found]);
    return true;
  }

  readMemory({ traceId }: { traceId: number }): Promise<number | null> {
    const pid = this.#parts.hosts.pids().get(traceId);
    const kib = app.getAppMetrics().find((m) => m.pid === pid)?.memory.workingSetSize;
    return Promise.resolve(kib === undefined ? null : kib * 1024);
  }
}
