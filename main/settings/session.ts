// The last session: which traces were open and what their tabs showed, where the window stood, and whether the app that
// wrote it ended well.
import type { SavedSession } from '../../contract/shell-api';
import { JsonFile } from './json-file';
import { sessionV1, type SessionV1, type WindowStateV1 } from './schema-v1';

/** A trace that was open so many times in a row when the app ended unexpectedly is not opened by itself. */
export const MAX_CRASHES = 2;

const EMPTY: SessionV1 = { version: 1, running: false, window: null, zoomLevel: 0, tabs: [], activePath: null };

export interface Restored extends SavedSession {
  /** The app before did not end by itself. */
  readonly crashed: boolean;
  /** Traces that are left closed, with what was kept of them. */
  readonly heldBack: readonly string[];
}

export class Session {
  readonly #file: JsonFile<SessionV1>;
  #value: SessionV1 = EMPTY;

  constructor(file: string) {
    this.#file = new JsonFile(file, sessionV1);
  }

  /** Reads the file; answers a sentence when it was bad. */
  async load(): Promise<string | null> {
    const { value, notice } = await this.#file.read(EMPTY);
    this.#value = value;
    return notice;
  }

  get window(): WindowStateV1 | null {
    return this.#value.window;
  }

  get zoomLevel(): number {
    return this.#value.zoomLevel;
  }

  /**
   * The app begins: what comes back. Written at once, so that a crash on the way counts. With `restore` off nothing
   * comes back and nothing is kept of it.
   */
  begin(restore: boolean): Restored {
    const crashed = this.#value.running;
    const tabs = restore ? this.#value.tabs.map((t) => ({ ...t, crashes: crashed ? t.crashes + 1 : 0 })) : [];
    const back = tabs.filter((t) => t.crashes < MAX_CRASHES);
    const activePath = back.some((t) => t.path === this.#value.activePath) ? this.#value.activePath : null;
    // N.B. those that are held back are out of the session from now on.
    this.#set({ ...this.#value, running: true, tabs: back, activePath });
    return {
      tabs: back.map(({ path, state }) => ({ path, state })),
      activePath,
      crashed,
      heldBack: tabs.filter((t) => t.crashes >= MAX_CRASHES).map((t) => t.path),
    };
  }

  /** As the page told it last. */
  get saved(): SavedSession {
    const { tabs, activePath } = this.#value;
    return { tabs: tabs.map(({ path, state }) => ({ path, state })), activePath };
  }

  save({ tabs, activePath }: SavedSession): Promise<void> {
    const before = new Map(this.#value.tabs.map((t) => [t.path, t.crashes]));
    return this.#set({
      ...this.#value,
      tabs: tabs.map(({ path, state }) => ({ path, state, crashes: before.get(path) ?? 0 })),
      activePath,
    });
  }

  setWindow(window: WindowStateV1): Promise<void> {
    return this.#set({ ...this.#value, window });
  }

  setZoomLevel(zoomLevel: number): Promise<void> {
    return this.#set({ ...this.#value, zoomLevel });
  }

  /** The app ends well: no trace is to blame for anything. */
  async end(): Promise<void> {
    void this.#set({ ...this.#value, running: false, tabs: this.#value.tabs.map((t) => ({ ...t, crashes: 0 })) });
    await this.#file.settled();
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }

  #set(value: SessionV1): Promise<void> {
    this.#value = value;
    // A session that cannot be kept must not stop work; the next write tries again.
    return this.#file.write(value).catch(() => undefined);
  }
}
