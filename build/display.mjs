// A display to draw on: the one that is there, else a virtual one.
import { spawn } from 'node:child_process';
import { hasDisplay } from './setup/system.mjs';

/**
 * Starts Xvfb when there is no display. `stop` ends it; with `untilUnused` it ends by itself once the last program that
 * used it has gone, also when this process is gone by then.
 * @param {{ untilUnused?: boolean }} [options]
 * @returns {Promise<{ env: Record<string, string>, stop: () => void }>}
 */
export async function withDisplay({ untilUnused = false } = {}) {
  if (hasDisplay()) return { env: {}, stop: () => undefined };
  const args = [
    '-displayfd',
    '3',
    '-screen',
    '0',
    '1920x1200x24',
    '-nolisten',
    'tcp',
    ...(untilUnused ? ['-terminate'] : ['-noreset']),
  ];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: untilUnused });
  /** @type {string} */
  const number = await new Promise((resolve, reject) => {
    let text = '';
    server.stdio[3]?.on('data', (data) => {
      text += data;
      if (text.includes('\n')) resolve(text.trim());
    });
    server.on('error', () => reject(new Error('Xvfb is missing: run npm run setup')));
    server.on('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  server.unref();
  /** @type {import('node:net').Socket} */ (server.stdio[3])?.unref();
  return { env: { DISPLAY: `:${number}` }, stop: () => server.kill() };
}
