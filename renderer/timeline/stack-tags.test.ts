import { expect, it } from 'vitest';
import { stackTags } from './stack-tags';

const tags = (...functions: string[]) => stackTags(functions.map((name) => ({ function: name })));

it('F66: tells a stack by the libraries that it goes through', () => {
  // Stacks of tests/fixtures/traces/go1.26-netsys.trace.
  expect(
    tags(
      'internal/poll.(*FD).Read',
      'net.(*netFD).Read',
      'net.(*conn).Read',
      'net/http.(*persistConn).Read',
      'bufio.(*Reader).fill',
      'net/http.(*persistConn).readLoop',
    ),
  ).toEqual(['HTTP client', 'network read']);
  expect(
    tags(
      'syscall.write',
      'net.(*netFD).Write',
      'net.(*conn).Write',
      'net/http.checkConnErrorWriter.Write',
      'net/http.(*response).finishRequest',
      'net/http.(*conn).serve',
    ),
  ).toEqual(['HTTP server', 'network write']);
  expect(tags('time.Sleep', 'main.handler', 'net/http.serverHandler.ServeHTTP', 'net/http.(*conn).serve')).toEqual([
    'HTTP server',
  ]);
  expect(tags('net.(*netFD).accept', 'net.(*TCPListener).accept', 'net.(*TCPListener).Accept')).toEqual([
    'TCP',
    'accept',
  ]);
  expect(tags('crypto/tls.(*Conn).Handshake', 'net.(*sysDialer).dialTCP', 'net.(*Dialer).DialContext')).toEqual([
    'TLS',
    'TCP',
    'dial',
  ]);
  expect(tags('runtime.chanrecv1', 'main.worker')).toEqual([]);
});
