// Against a real Go program that serves net/http/pprof and its flight recorder, where Go is there.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaptureSource } from '../../contract/capture-api';
import { doneFiles, failed, takeIn } from './testing/take';

/** Since 1.25 there is a flight recorder. */
const OLDEST_MINOR = 25;

const goMinor = ((): number => {
  try {
    return Number(/go1\.(\d+)/.exec(execFileSync('go', ['version']).toString())?.[1]);
  } catch {
    return 0;
  }
})();

const PROGRAM = `package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime/trace"
	"time"
)

func main() {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := recorder.Start(); err != nil {
		panic(err)
	}
	http.HandleFunc("/flight", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.Header.Get("X-Token") != "secret" {
			http.Error(w, "not for you", 403)
			return
		}
		recorder.WriteTo(w)
	})
	go func() {
		for x := 0; ; x++ {
		}
	}()
	open, hasty := listen(), listen()
	go (&http.Server{WriteTimeout: 500 * time.Millisecond}).Serve(hasty)
	fmt.Println(open.Addr(), hasty.Addr())
	http.Serve(open, nil)
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}
`;

describe.skipIf(goMinor < OLDEST_MINOR)('a real Go program', () => {
  let folder: string;
  let program: ChildProcess;
  let open: string;
  let hasty: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tw-real-'));
    mkdirSync(path.join(folder, 'src'));
    writeFileSync(path.join(folder, 'src/go.mod'), `module example.com/served\n\ngo 1.${OLDEST_MINOR}\n`);
    writeFileSync(path.join(folder, 'src/main.go'), PROGRAM);
    const exe = path.join(folder, 'served');
    execFileSync('go', ['build', '-o', exe, '.'], {
      cwd: path.join(folder, 'src'),
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    program = spawn(exe, { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((ok) => program.stdout?.once('data', (d) => ok(String(d))));
    [open = '', hasty = ''] = line.trim().split(' ');
  }, 240_000);
  afterAll(() => {
    program.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const pprof = (url: string, withCpuSamples: boolean, seconds = 1): CaptureSource => ({
    kind: 'pprof',
    url,
    seconds,
    withCpuSamples,
  });
  /** What the engine reads of the first file. */
  function read(files: readonly string[]): {
    go: string;
    events: number;
    damage: unknown;
    kinds: Record<string, number>;
  } {
    const cli = path.resolve(__dirname, '../../dist/native/tracewell');
    return JSON.parse(execFileSync(cli, ['info', files[0] ?? '']).toString()) as ReturnType<typeof read>;
  }

  test('F12, F13: is traced for three seconds, with samples of its CPU in the trace', async () => {
    const { end } = await takeIn(folder, pprof(open, true, 3), {});
    const info = read(doneFiles(end));
    expect(info.go).toBe(`1.${goMinor}`);
    expect(info.damage).toBeNull();
    // A goroutine that never rests, at 100 samples a second of its processor: a busy machine gives it a part of one.
    expect(info.kinds['StackSample']).toBeGreaterThan(20);
    expect(end.kind === 'done' ? end.notes : null).toEqual([]);
  });

  test('F12: whose server would give up sooner than the trace is long is traced whole: Go sees to it', async () => {
    const { end } = await takeIn(folder, pprof(hasty, false), {});
    expect(read(doneFiles(end)).damage).toBeNull();
  });

  test('F12: that is being traced already says so to the second', async () => {
    const taken = await Promise.all([0, 1].map(() => takeIn(folder, pprof(open, false), {})));
    const ends = taken.map((t) => t.end);
    expect(ends.map((e) => (e.kind === 'failed' ? e.code : e.kind)).sort()).toEqual(['BUSY', 'done']);
    for (const end of ends) if (end.kind === 'done') expect(read(doneFiles(end)).damage).toBeNull();
  });

  test('F14: gives what its flight recorder holds, to who has the token', async () => {
    const flight = (headers: { name: string; value: string }[]): CaptureSource => ({
      kind: 'url',
      url: `http://${open}/flight`,
      method: 'POST',
      headers,
    });
    expect(failed((await takeIn(folder, flight([]), {})).end).message).toContain('does not let you in');
    const { end } = await takeIn(folder, flight([{ name: 'X-Token', value: 'secret' }]), {});
    const info = read(doneFiles(end));
    expect([info.go, info.damage]).toEqual([`1.${goMinor}`, null]);
    expect(info.events).toBeGreaterThan(10);
  });
});
