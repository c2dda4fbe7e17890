// The parts of the page, in the order of the switch.

export const SECTIONS = [
  { id: 'summary', name: 'Summary', help: 'One figure a line: A, B, difference and ratio' },
  { id: 'timelines', name: 'Timelines', help: 'Both traces on linked axes' },
  { id: 'tables', name: 'Tables', help: 'Functions, stacks, tasks and regions, joined by name' },
  { id: 'profiles', name: 'Profiles', help: 'Stacks that have more or less: flame graph and call graph' },
  { id: 'charts', name: 'Charts', help: 'Lengths, utilization, heap and collector of both in one chart each' },
  { id: 'trends', name: 'Trends', help: 'Each figure over all runs' },
] as const;

export type SectionId = (typeof SECTIONS)[number]['id'];
