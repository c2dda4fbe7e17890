// What the user chose, kept over restarts.
import type { ThemeSetting } from '../../contract/shell-api';
import { JsonFile } from './json-file';
import { settingsV1, type SettingsV1 } from './schema-v1';

export class Settings {
  readonly #file: JsonFile<SettingsV1>;
  #value: SettingsV1 = { version: 1, theme: 'system' };

  constructor(file: string) {
    this.#file = new JsonFile(file, settingsV1);
  }

  /** Reads the file; answers a sentence when it was bad. */
  async load(): Promise<string | null> {
    const { value, notice } = await this.#file.read(this.#value);
    this.#value = value;
    return notice;
  }

  get theme(): ThemeSetting {
    return this.#value.theme;
  }

  setTheme(theme: ThemeSetting): Promise<void> {
    this.#value = { ...this.#value, theme };
    return this.#file.write(this.#value);
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
