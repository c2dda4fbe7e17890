import { describe, expect, it } from 'vitest';
import { eventDifference } from './compare-events';
import { answerTo, factsOf, tracePath, tracesIn } from './corpus';

describe('F140: tracewell events equals the reference reader, event by event', () => {
  it.each(tracesIn('traces'))('%s', async (name) => {
    const { reader } = factsOf(name)!;
    expect(eventDifference(name, reader, await answerTo('events', tracePath('traces', name)))).toBeNull();
  });
});
