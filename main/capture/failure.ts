// What can go wrong while a trace is taken, in words.
import type { CaptureFailure } from '../../contract/capture-api';

export class CaptureError extends Error {
  readonly code: CaptureFailure;
  constructor(code: CaptureFailure, message: string) {
    super(message);
    this.code = code;
  }
}

export const cancelled = (): CaptureError =>
  new CaptureError('CANCELLED', 'The capture was cancelled; nothing was saved.');

/** A failed connection or name, in words. */
export function connectionFailure(e: unknown, host: string): CaptureError {
  if (e instanceof CaptureError) return e;
  const { code, message } = e as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
      return new CaptureError(
        'REFUSED',
        `Nothing listens at ${host}: is the program running, and does it serve net/http/pprof on that port?`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CaptureError('UNREACHABLE', `There is no host ${host}; check its name and your network.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new CaptureError('UNREACHABLE', `${host} cannot be reached from here; check the network or a VPN.`);
    case 'ETIMEDOUT':
      return new CaptureError('TIMED_OUT', `${host} did not answer in time; is a firewall between?`);
    case 'ECONNRESET':
    case 'EPIPE':
      return new CaptureError(
        'HTTP',
        `${host} closed the connection before the trace was complete; the program may have ended, or its server has a WriteTimeout shorter than the capture.`,
      );
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return new CaptureError('HTTP', `${host} does not speak https on that port; try http.`);
    default:
      if (/certificate|self.signed|altname/i.test(`${code ?? ''} ${message}`))
        return new CaptureError(
          'NOT_ALLOWED',
          `The certificate of ${host} is not valid (${message}); nothing was fetched.`,
        );
      return new CaptureError('HTTP', `The connection to ${host} failed (${code ?? message}).`);
  }
}

/** A failed write, in words. */
export function diskFailure(e: unknown): CaptureError {
  if (e instanceof CaptureError) return e;
  const { code, message } = e as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new CaptureError('DISK', 'The disk is full; nothing was kept. Free some space, or save elsewhere.');
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new CaptureError('DISK', 'The trace may not be saved there; choose another folder.');
  if (code === 'ENOENT')
    return new CaptureError('DISK', 'The folder to save in is not there any more; choose another.');
  return new CaptureError('DISK', `The trace could not be saved (${code ?? message}).`);
}

/** An answer that is not 200, in words; `body` is its begin. */
export function httpFailure(status: number, body: string, host: string): CaptureError {
  const said = body.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
  if (status === 404)
    return new CaptureError(
      'NOT_FOUND',
      `${host} has no such page (404): does the program import net/http/pprof, and does this port serve its handlers?`,
    );
  // Until Go 1.24 'tracing already enabled', since then 'execution tracer already enabled'.
  if (/trac(?:ing|er) (is )?already enabled|already (being )?traced/i.test(body))
    return new CaptureError(
      'BUSY',
      `${host} is being traced already; wait until that trace has ended, then try again.`,
    );
  if (/WriteTimeout/i.test(body))
    return new CaptureError(
      'HTTP',
      `The capture would take longer than the WriteTimeout of the server at ${host}; ask for fewer seconds, or raise it.`,
    );
  if (status === 401 || status === 403)
    return new CaptureError(
      'HTTP',
      `${host} does not let you in (${status}); give the header it wants under "From an address".`,
    );
  return new CaptureError('HTTP', `${host} answered ${status}${said ? `: ${said}` : ''}.`);
}
