// Whether there is a newer version, and loading it. Nothing is asked before the user asks, nothing is loaded before the
// user says so, nothing unsigned or older is ever taken.
import type { UpdateState } from '../../contract/desk-api';
import type { Feed } from './feed';
import { isNewer, isSigned, readManifest, sameFiles, type Manifest } from './signed-manifest';

/** electron-updater, as far as it is used. */
export interface Updater {
  /** What it finds at the feed. */
  find(feedUrl: string): Promise<Manifest>;
  /** Loads and checks it; it is put in place when the app ends. */
  load(): Promise<void>;
}

export interface UpdateParts {
  /** Or why this build asks nobody, in a sentence. */
  readonly feed: Feed | { readonly reason: string };
  readonly version: string;
  /** A small file of the feed. Errors: a sentence. */
  fetchFile(url: string): Promise<Uint8Array>;
  updater(): Updater;
  log(line: string): void;
}

export class Updates {
  readonly #parts: UpdateParts;
  #state: UpdateState;
  #signed: Manifest | null = null;

  constructor(parts: UpdateParts) {
    this.#parts = parts;
    this.#state =
      'reason' in parts.feed
        ? { kind: 'off', sentence: parts.feed.reason, version: null }
        : { kind: 'idle', sentence: 'Nobody was asked yet. Check for updates asks once.', version: null };
  }

  get state(): UpdateState {
    return this.#state;
  }

  async check(): Promise<UpdateState> {
    const { feed, version } = this.#parts;
    if ('reason' in feed || ['checking', 'loading', 'ready'].includes(this.#state.kind)) return this.#state;
    this.#set('checking', 'Asking for the newest version …');
    try {
      const bytes = await this.#parts.fetchFile(feed.url + feed.manifest);
      const signature = Buffer.from(await this.#parts.fetchFile(`${feed.url}${feed.manifest}.sig`)).toString('latin1');
      if (!isSigned(bytes, signature, feed.publicKey))
        throw new Error('What the update feed says is not signed by the makers of Tracewell, so it was not believed.');
      this.#signed = readManifest(Buffer.from(bytes).toString('utf8'));
      if (!isNewer(this.#signed.version, version)) return this.#set('current', `Version ${version} is the newest.`);
      return this.#set('found', `Version ${this.#signed.version} is there; this is ${version}.`, this.#signed.version);
    } catch (e) {
      return this.#fail(e);
    }
  }

  async load(): Promise<UpdateState> {
    const { feed } = this.#parts;
    const signed = this.#signed;
    if ('reason' in feed || signed === null || this.#state.kind !== 'found') return this.#state;
    this.#set('loading', `Loading version ${signed.version} …`, signed.version);
    try {
      const updater = this.#parts.updater();
      // N.B. it reads the feed once more: what it found must be what was signed.
      if (!sameFiles(signed, await updater.find(feed.url)))
        throw new Error('The update feed changed meanwhile, so nothing was loaded.');
      await updater.load();
      return this.#set('ready', `Version ${signed.version} is put in place when Tracewell ends.`, signed.version);
    } catch (e) {
      return this.#fail(e);
    }
  }

  #set(kind: UpdateState['kind'], sentence: string, version: string | null = null): UpdateState {
    if (kind !== 'checking') this.#parts.log(`update: ${kind}${version ? ` ${version}` : ''}`);
    return (this.#state = { kind, sentence, version });
  }

  #fail(e: unknown): UpdateState {
    this.#signed = null;
    return this.#set('failed', e instanceof Error ? e.message : String(e));
  }
}
