// What the user chose, kept over restarts.
import { DEFAULT_SETTINGS, type Settings as Values } from '../../contract/settings';
import { JsonFile } from './json-file';
import { migrateSettings, settingsV2, type SettingsV2 } from './schema-v2';

export class Settings {
  readonly #file: JsonFile<SettingsV2>;
  /** With the keys that are not ours. */
  #stored: SettingsV2 = { version: 2, ...DEFAULT_SETTINGS, sourceMappings: [] };

  constructor(file: string) {
    this.#file = new JsonFile(file, settingsV2, migrateSettings);
  }

  /** Reads the file; answers a sentence when it was bad. */
  async load(): Promise<string | null> {
    const { value, notice } = await this.#file.read(this.#stored);
    this.#stored = value;
    return notice;
  }

  get values(): Values {
    const names = Object.keys(DEFAULT_SETTINGS) as (keyof Values)[];
    return Object.fromEntries(names.map((n) => [n, this.#stored[n]])) as unknown as Values;
  }

  /** Errors: those of writing; the values are changed all the same. */
  change(patch: Partial<Values>): Promise<void> {
    const { sourceMappings, ...rest } = patch;
    this.#stored = {
      ...this.#stored,
      ...rest,
      ...(sourceMappings ? { sourceMappings: sourceMappings.map((m) => ({ ...m })) } : {}),
    };
    return this.#file.write(this.#stored);
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
