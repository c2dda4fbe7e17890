// The words of the field, each in a sentence or two. Shown under Help ▸ Glossary; docs/guide/glossary.md has the same
// text (a test compares them).

export interface Term {
  readonly term: string;
  readonly means: string;
}

export const GLOSSARY: readonly Term[] = [
  {
    term: 'assist',
    means:
      'Work of marking that a goroutine must do itself because it allocates faster than the collector marks. It is time of the goroutine that its own work does not get.',
  },
  {
    term: 'blocking profile',
    means:
      'Waits added up by the stack that waited: for the network, for synchronization (channels, select, locks), in system calls.',
  },
  {
    term: 'dedicated worker',
    means:
      'A goroutine of the collector that has a processor for itself while the heap is marked; a quarter of the processors do so.',
  },
  { term: 'event', means: 'One thing that the runtime wrote down, with its time.' },
  {
    term: 'flow',
    means: 'A cause and its effect: who made a goroutine runnable, or created it, and the goroutine that then ran.',
  },
  {
    term: 'fractional worker',
    means:
      'A goroutine of the collector that has part of a processor’s time, where a quarter of the processors is no whole number.',
  },
  {
    term: 'G, goroutine',
    means: 'A function that runs on its own, with a stack of its own. G17 is the goroutine with the id 17.',
  },
  { term: 'GC mark', means: 'The part of a collection in which live memory is found. It goes on beside the program.' },
  {
    term: 'generation',
    means: 'A part of a trace of Go 1.22 and later that can be read by itself, about a second long.',
  },
  { term: 'GOMAXPROCS', means: 'How many processors (P) there are: how many goroutines can run at the same time.' },
  {
    term: 'heap goal',
    means: 'The size of the heap at which the collector wants to have finished; set by GOGC and the memory limit.',
  },
  {
    term: 'idle worker',
    means: 'A goroutine of the collector that marks on a processor that would otherwise have nothing to do.',
  },
  { term: 'log', means: 'A text with a category that the program put into the trace (trace.Log).' },
  { term: 'M, thread', means: 'A thread of the operating system. It runs a goroutine while it holds a processor.' },
  {
    term: 'minimum mutator utilization (MMU)',
    means:
      'For each length of a window: the least share of the processors that the program itself had in any window of that length. The rest was the collector’s.',
  },
  { term: 'P, processor', means: 'The right to run Go code. A thread must hold one; there are GOMAXPROCS of them.' },
  { term: 'region', means: 'A stretch of one goroutine that the program gave a name (trace.WithRegion).' },
  { term: 'runnable', means: 'Ready to run and without a processor.' },
  { term: 'running', means: 'On a processor.' },
  { term: 'scavenging', means: 'Giving memory that is not used back to the operating system.' },
  { term: 'sched wait, scheduler latency', means: 'How long a goroutine was runnable before it ran.' },
  {
    term: 'stop-the-world (STW)',
    means: 'All goroutines stand still while the runtime does what it can do in no other way. Each has a reason.',
  },
  {
    term: 'sweep',
    means: 'Finding the free memory in what was marked; bytes swept were looked at, bytes reclaimed became free.',
  },
  {
    term: 'syscall',
    means:
      'A call into the operating system. When it takes long, the runtime takes the processor away and gives it to another thread.',
  },
  {
    term: 'task',
    means:
      'Something the program does as a whole, across goroutines, that it gave a name (trace.NewTask): a request, for example.',
  },
  { term: 'waiting', means: 'Not able to run until something happens; the reason says what.' },
];
