// "Report a problem": what a report needs, as text that the user looks at before anything is done with it. It has
// versions, settings without paths, and the log, which has no content of traces; names and folders of traces are not in it.
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import type { Settings } from '../../contract/settings';
import type { AppInfo } from '../../contract/shell-api';

/** The end of the log; older lines seldom help. */
const MOST_LOG_CHARS = 64 * 1024;

export interface ReportParts {
  readonly app: AppInfo;
  readonly settings: Settings;
  readonly logFile: string;
  /** Of the traces that are open: only how many and how large. */
  readonly traceSizes: readonly (number | null)[];
  readonly nowMs: number;
  /** Replaced by `~` wherever it stands: it often holds the user's name. */
  readonly home: string;
}

const MIB = 2 ** 20;

/** The settings that say how the app behaves; commands and folders are the user's own business. */
function settingLines(s: Settings): string[] {
  return [
    `theme ${s.theme}, colours ${s.colours}, keys of ${s.keyPreset}${s.letterKeys ? '' : ', no letter keys'}`,
    `editor ${s.editor}, ${s.sourceMappings.length} source mappings`,
    `memory of a trace ${s.memoryMb ?? 'usual'}, cache ${s.cacheMb ?? 'usual'} (MiB)`,
    `last session ${s.restoreSession ? 'comes back' : 'stays away'}`,
  ];
}

export async function makeReport(parts: ReportParts): Promise<string> {
  const { app, settings, logFile, traceSizes, nowMs, home } = parts;
  const sizes = traceSizes.map((b) => (b === null ? 'unknown' : `${(b / MIB).toFixed(1)} MiB`));
  const text = [
    'What happened, and what did you expect? (write it here)',
    '',
    '',
    '--- versions',
    `Tracewell ${app.version}`,
    `Electron ${app.electron}, Chromium ${app.chrome}, Node.js ${app.node}`,
    app.os,
    `${os.cpus().length} processors, ${Math.round(os.totalmem() / MIB)} MiB of memory, ${Math.round(os.freemem() / MIB)} MiB free`,
    ...(app.runtimeNote ? [app.runtimeNote] : []),
    `reported ${new Date(nowMs).toISOString()}`,
    '',
    '--- settings',
    ...settingLines(settings),
    '',
    '--- open traces',
    sizes.length === 0 ? 'none' : sizes.join(', '),
    '',
    '--- log',
    await endOfLog(logFile),
    '',
  ].join('\n');
  return home.length > 1 ? text.replaceAll(home, '~') : text;
}

async function endOfLog(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    const text = await readFile(file, 'utf8');
    if (text.length <= MOST_LOG_CHARS) return text.trimEnd();
    const from = text.indexOf('\n', text.length - MOST_LOG_CHARS) + 1;
    return `(the last ${MOST_LOG_CHARS / 1024} KiB of ${Math.round(size / 1024)})\n${text.slice(from).trimEnd()}`;
  } catch {
    return 'there is no log';
  }
}
