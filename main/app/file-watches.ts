// Watches the files of the open traces and says what became of them: at once when the bytes that were opened are lost,
// else when the file has come to rest, so that a file that is being written, or goes and comes back, is told once.
import type { FileChange } from '../../contract/shell-api';
import type { TraceId } from '../../contract/units';
import { sameStamp, stateOf, type FileStamp, type FileState } from './file-stamp';

/** A file is at rest when nothing has happened to it for this long. */
export const REST_MS = 500;

export interface FileWatchParts {
  watchFile(file: string, onEvent: () => void): () => void;
  readStamp(file: string, length?: bigint): Promise<FileStamp | null>;
  /** Calls back later; returns what prevents it. */
  after(ms: number, f: () => void): () => void;
  onChange(change: FileChange): void;
}

interface Watch {
  readonly file: string;
  readonly opened: FileStamp;
  endWatch: () => void;
  /** Set while the file is not at rest. */
  endTimer: (() => void) | null;
  /** What the look before found. */
  seen: FileStamp | null;
  /** Once lost, the bytes do not come back, whatever the file looks like later. */
  bytesLost: boolean;
  told: FileState;
}

export class FileWatches {
  readonly #parts: FileWatchParts;
  readonly #watches = new Map<TraceId, Watch>();

  constructor(parts: FileWatchParts) {
    this.#parts = parts;
  }

  /** Takes the file as it is now as the one that is opened. True when this id had another one before. */
  async begin(traceId: TraceId, file: string): Promise<boolean> {
    const opened = await this.#parts.readStamp(file).catch(() => null);
    // Whoever opens it now finds out why; what was opened before stays what the next one is compared with.
    if (!opened) return false;
    const before = this.#watches.get(traceId);
    this.end(traceId);
    const watch: Watch = {
      file,
      opened,
      endWatch: () => undefined,
      endTimer: null,
      seen: opened,
      bytesLost: false,
      told: { kind: null, bytesLost: false },
    };
    this.#watches.set(traceId, watch);
    watch.endWatch = this.#parts.watchFile(file, () => this.#stir(traceId, watch));
    return before !== undefined && !sameStamp(before.opened, opened);
  }

  end(traceId: TraceId): void {
    const watch = this.#watches.get(traceId);
    this.#watches.delete(traceId);
    watch?.endWatch();
    watch?.endTimer?.();
  }

  endAll(): void {
    for (const traceId of [...this.#watches.keys()]) this.end(traceId);
  }

  /** Looks now and tells what is found without waiting for rest. True when the file is not as it was opened. */
  async look(traceId: TraceId): Promise<boolean> {
    const watch = this.#watches.get(traceId);
    if (!watch) return false;
    await this.#look(traceId, watch, true);
    return watch.told.kind !== null;
  }

  lookAtAll(): void {
    for (const [traceId, watch] of this.#watches) this.#stir(traceId, watch);
  }

  /** Something may have happened: a look at the first sign, for lost bytes; another when it is over. */
  #stir(traceId: TraceId, watch: Watch): void {
    if (!watch.endTimer) void this.#look(traceId, watch, false);
    this.#waitForRest(traceId, watch);
  }

  #waitForRest(traceId: TraceId, watch: Watch): void {
    watch.endTimer?.();
    watch.endTimer = this.#parts.after(REST_MS, () => {
      watch.endTimer = null;
      const before = watch.seen;
      void this.#look(traceId, watch, false).then(() => {
        if (this.#watches.get(traceId) !== watch || watch.endTimer) return;
        // N.B. not every file system tells of each write: rest is two looks that find the same.
        if (sameStamp(before, watch.seen)) this.#tell(traceId, watch);
        else this.#waitForRest(traceId, watch);
      });
    });
  }

  async #look(traceId: TraceId, watch: Watch, tellNow: boolean): Promise<void> {
    // A file that may not be looked at now is taken to be as it was.
    watch.seen = await this.#parts.readStamp(watch.file, watch.opened.size).catch(() => watch.seen);
    if (this.#watches.get(traceId) !== watch) return;
    const isNewLoss = !watch.bytesLost && stateOf(watch.opened, watch.seen).bytesLost;
    watch.bytesLost ||= isNewLoss;
    if (isNewLoss || tellNow) this.#tell(traceId, watch);
  }

  #tell(traceId: TraceId, watch: Watch): void {
    const { kind } = stateOf(watch.opened, watch.seen);
    const { bytesLost } = watch;
    const now: FileState = { kind: kind ?? (bytesLost ? 'replaced' : null), bytesLost };
    if (now.kind === watch.told.kind && now.bytesLost === watch.told.bytesLost) return;
    watch.told = now;
    this.#parts.onChange({ traceId, ...now });
  }
}
