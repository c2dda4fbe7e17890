import { describe, expect, test } from 'vitest';
import { readAddress, reachOf, redirectQuestion } from './address';

describe('E5: where an address lies', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12::1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['fe80::1%eth0', 'metadata'],
    ['8.8.8.8', 'public'],
    ['2001:4860::8888', 'public'],
  ])('%s is %s', (ip, reach) => expect(reachOf(ip)).toBe(reach));
});

describe('an address that was typed', () => {
  test.each([
    ['localhost:6060', 'http://localhost:6060/debug/pprof/trace'],
    ['https://x.example/a?b=1#c', 'https://x.example/a?b=1'],
    [' http://h:1/ ', 'http://h:1/debug/pprof/trace'],
  ])('%j', (typed, url) => expect(readAddress(typed, '/debug/pprof/trace').href).toBe(url));
  test.each(['', 'http://', 'javascript:alert(1)', 'file:///etc/passwd', 'http://a:b@c/'])('%j is refused', (typed) => {
    expect(() => readAddress(typed, '/')).toThrow();
  });
});

describe('E5.2: redirects', () => {
  const at = (u: string): URL => new URL(u);
  test('on the same host need no question', () => {
    expect(redirectQuestion(at('http://a/x'), 'public', at('http://a/y'), 'public')).toBeNull();
  });
  test('to another host, to a private one, out of encryption: asked', () => {
    expect(redirectQuestion(at('http://a/'), 'public', at('http://b/'), 'public')).toContain('b');
    expect(redirectQuestion(at('http://a/'), 'public', at('http://b/'), 'private')).toContain('own machine or network');
    expect(redirectQuestion(at('https://a/'), 'public', at('http://a/'), 'public')).toContain('without encryption');
  });
});
