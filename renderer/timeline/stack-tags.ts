// What a stack is about, in a word or a few: the libraries that a goroutine passes through on its way. Pure.

import type { Frame } from '../../contract/trace-api';

/** A function of the standard library, and what it says of the goroutine that is in it. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/^net\/http\.\(\*(?:conn|connReader|Server|response|http2serverConn)\)|^net\/http\.serverHandler/, 'HTTP server'],
  [/^net\/http\.\(\*(?:Client|Transport|persistConn|http2ClientConn|http2Transport)\)/, 'HTTP client'],
  [/^google\.golang\.org\/grpc\b/, 'gRPC'],
  [/^database\/sql\./, 'SQL'],
  [/^os\/exec\./, 'child process'],
  [/^crypto\/tls\./, 'TLS'],
  [/^net\.\(\*Resolver\)|^net\.(?:cgoLookup|_C_getaddrinfo|lookup)/, 'DNS'],
  [/^net\.\(\*(?:TCPConn|TCPListener|sysDialer)\)\.(?!dialUDP|dialUnix)|^net\.dialTCP/, 'TCP'],
  [/^net\.\(\*(?:UDPConn)\)|^net\.\(\*sysDialer\)\.dialUDP/, 'UDP'],
  [/^net\.\(\*(?:UnixConn|UnixListener)\)|^net\.\(\*sysDialer\)\.dialUnix/, 'Unix socket'],
  [/^net\.\(\*(?:Dialer|sysDialer)\)|^net\.\(\*netFD\)\.(?:dial|connect)/, 'dial'],
  [/^net\.\(\*netFD\)\.accept|^net\.\(\*\w+Listener\)\.Accept/, 'accept'],
  [/^net\.\(\*(?:netFD|conn)\)\.(?:Read|ReadFrom\w*)$/, 'network read'],
  [/^net\.\(\*(?:netFD|conn)\)\.(?:Write|WriteTo\w*)$/, 'network write'],
  [/^os\.\(\*File\)\.(?:Read|ReadAt|ReadDir|ReadFrom)$|^os\.ReadFile$/, 'file read'],
  [/^os\.\(\*File\)\.(?:Write|WriteAt|WriteString|WriteTo|Sync)$|^os\.WriteFile$/, 'file write'],
];

/** Tags of a stack, from what it is for to what it does at the moment. Cost: O(frames × rules). */
export function stackTags(frames: readonly Pick<Frame, 'function'>[]): readonly string[] {
  const found = RULES.filter(([rule]) => frames.some((f) => rule.test(f.function))).map(([, tag]) => tag);
  return [...new Set(found)];
}
