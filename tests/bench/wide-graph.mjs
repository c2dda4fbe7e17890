// `node tests/bench/wide-graph.mjs OUT.trace`: a trace whose wall-clock profile has 700 functions, for the largest call graph
// that the pages draw (`npm run bench -- pages OUT.trace`). Needs Go; the program is written here, run once, and removed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const FUNCTIONS = 700;
/** Each calls so many others, so that the graph is no tree. */
const CALLED = 3;
/** Calls from the first function to the last one. */
const DEPTH = 12;

const out = process.argv[2];
if (!out) throw new Error('usage: node tests/bench/wide-graph.mjs OUT.trace');
const dir = mkdtempSync(path.join(tmpdir(), 'tracewell-graph-'));

/** The same numbers each time. */
let seed = 1;
const random = (/** @type {number} */ below) => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31;
  return seed % below;
};
const layer = Math.ceil(FUNCTIONS / DEPTH);
/** @param {number} i */
function body(i) {
  const next = (Math.floor(i / layer) + 1) * layer;
  if (next >= FUNCTIONS) return 'sleep()';
  const room = Math.min(layer, FUNCTIONS - next);
  const names = Array.from({ length: CALLED }, () => `f${next + random(room)}`);
  return `switch pick % ${CALLED} { ${names.map((n, k) => `case ${k}: ${n}(pick / ${CALLED})`).join('; ')} }`;
}
const functions = Array.from(
  { length: FUNCTIONS },
  (_, i) => `//go:noinline\nfunc f${i}(pick int) { _ = pick; ${body(i)} }`,
);
const firsts = Array.from({ length: layer }, (_, i) => `f${i}`).join(', ');
writeFileSync(
  path.join(dir, 'main.go'),
  `package main
import ("os"; "runtime/trace"; "sync"; "time")
//go:noinline
func sleep() { time.Sleep(20 * time.Microsecond) }
${functions.join('\n')}
func main() {
	file, _ := os.Create("graph.trace")
	_ = trace.Start(file)
	var all sync.WaitGroup
	for g, first := range []func(int){${firsts}} {
		all.Add(1)
		go func() { defer all.Done(); for i := range 40 { first(i*7919 + g*104729) } }()
	}
	all.Wait()
	trace.Stop()
	_ = file.Close()
}
`,
);
writeFileSync(path.join(dir, 'go.mod'), 'module graph\n\ngo 1.22\n');
try {
  execFileSync('go', ['run', '.'], { cwd: dir, stdio: 'inherit' });
  copyFileSync(path.join(dir, 'graph.trace'), out);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
