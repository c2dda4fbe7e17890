// Engines' processes and time, for tests of who starts and ends them.
import type { EngineProcess } from '../host-manager';

export class FakeProcess {
  static count = 0;
  readonly pid = ++FakeProcess.count;
  killed = false;
  got: unknown[] = [];
  readonly #listeners: [event: string, f: (value: unknown) => void][] = [];

  postMessage(message: unknown, ports?: unknown[]): void {
    this.got.push([message, ports]);
  }
  on(event: string, f: (value: unknown) => void): this {
    this.#listeners.push([event, f]);
    return this;
  }
  once(event: string, f: (value: unknown) => void): this {
    return this.on(event, f);
  }
  kill(): boolean {
    this.killed = true;
    return true;
  }
  #tell(event: string, value: unknown): void {
    for (const [e, f] of this.#listeners) if (e === event) f(value);
  }
  exit(code: number): void {
    this.#tell('exit', code);
  }
  says(message: unknown): void {
    this.#tell('message', message);
  }
}

/** Forks fakes and keeps them. */
export class FakeForks {
  readonly all: FakeProcess[] = [];
  readonly fork = (): EngineProcess => {
    const p = new FakeProcess();
    this.all.push(p);
    return p as unknown as EngineProcess;
  };
  get last(): FakeProcess {
    return this.all.at(-1)!;
  }
}

/** Time that passes when it is told to. */
export class FakeTime {
  now = 0;
  #due: { at: number; f: () => void }[] = [];
  readonly after = (ms: number, f: () => void): (() => void) => {
    const timer = { at: this.now + ms, f };
    this.#due.push(timer);
    return () => (this.#due = this.#due.filter((t) => t !== timer));
  };
  pass(ms: number): void {
    this.now += ms;
    const due = this.#due.filter((t) => t.at <= this.now);
    this.#due = this.#due.filter((t) => t.at > this.now);
    for (const { f } of due) f();
  }
}
