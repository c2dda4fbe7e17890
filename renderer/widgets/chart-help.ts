// What each chart shows and how it is read, in a sentence or two: the tooltip of the mark beside its title. One table, so
// that all are written in one voice; a chart names its text, and does not compile without one.

export const CHART_HELP = {
  histogram:
    'How many took how long. Each bar is a range of durations on a logarithmic axis, its height a count; dashed lines are quantiles. Dragging over bars chooses them in the list.',
  mmu: 'For each window size, the least share of the processors that the program had in any window of that length. The nearer to 100 %, the less the collector was felt; a click looks up the worst windows.',
  heap: 'Live heap over time, and the goal at which the collector begins its next cycle. The heap falls where a cycle ends; shaded stretches are cycles.',
  gcShare:
    'The share of all processors that the collector had, in equal steps of time. 25 % while it marks is by design; more means that goroutines had to assist.',
  running:
    'Goroutines that ran at the same time, against the number of processors. Below the line, processors were idle; at the line, the machine was full.',
  runnable:
    'Goroutines that could run and waited for a processor. High where all processors were busy, or where wake-ups came late.',
  processors:
    'Each row is a processor, each cell a step of time: the fuller the colour, the busier. Pale rows beside full ones mean that there was too little work to share.',
  lengths:
    'How lengths are spread in both traces, as shares of all, on one logarithmic axis. A curve further to the right took longer.',
  compareMmu:
    'Minimum mutator utilization of both traces on one axis. The higher curve left the program more of the processors.',
  compareHeap: 'Heap of both traces over the same stretch of time, each from its own begin.',
  compareGc: 'The collector’s share of the processors in both traces, each from its own begin.',
  callGraph:
    'Each box is a function, larger and warmer the more went through it; an edge is a call, wider the more went that way. Small ones are left out: the foot says how many.',
  diffGraph:
    'The call graph of what changed: colour says whether a function had more or less in B, size and figures by how much.',
  stateGraph:
    'The states that these goroutines were in. A box is larger the more often its state was entered; the number on an arrow is how often goroutines went that way.',
  flame:
    'Each box is a function, as wide as its share of the whole; below it whom it called. What has nothing below it spent the time itself. Left to right has no order in time.',
  diffFlame:
    'Stacks of both traces together: a box is as wide as A and B together, colour says which of them has more there.',
  strips:
    'Each row is a goroutine from left to right in time; colour is its state, and waiting is pale with a line at its foot. A click opens the moment in View trace.',
  taskBands:
    'The task with its subtasks, then the goroutines that worked for it with their regions, all on one time axis; thin lines are logs. A click opens the moment in View trace.',
  regionBands:
    'Regions of the chosen types by goroutine, on one time axis; nested ones stand below each other. A click opens the moment in View trace.',
  overview:
    'The whole trace at a glance: how busy the processors were over time, with collections and stops of the world. Dragging over a stretch opens it in View trace.',
  sample: 'A chart of the gallery: what it shows would stand here, and how it is read.',
} as const;

export type ChartHelpId = keyof typeof CHART_HELP;
