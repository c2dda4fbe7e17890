import { expect, it } from 'vitest';
import { acceptPort, listenForPort, onEngineExit } from './ports';

const listenerOf = (log: unknown[]) => ({
  onPort: (p: MessagePort) => log.push(p),
  onExit: (c: number) => log.push(c),
});

it('hands over a port that came before or after the listener, and each later one', () => {
  const log: unknown[] = [];
  const [one, two] = [new MessageChannel().port1, new MessageChannel().port1];
  acceptPort(901, one);
  const end = listenForPort(901, listenerOf(log));
  onEngineExit(901, 7);
  acceptPort(901, two);
  acceptPort(902, one);
  expect(log).toEqual([one, 7, two]);
  end();
  onEngineExit(901, 0);
  expect(log).toHaveLength(3);
});

it('does not hand out the port of a process that has ended', () => {
  const log: unknown[] = [];
  acceptPort(903, new MessageChannel().port1);
  onEngineExit(903, 7);
  listenForPort(903, listenerOf(log))();
  expect(log).toEqual([]);
});
