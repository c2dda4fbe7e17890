// For tests: a capture from its start to its end.
import path from 'node:path';
import {
  DEFAULT_CAPTURE_LIMITS,
  type CaptureEnd,
  type CaptureProgress,
  type CaptureSource,
} from '../../../contract/capture-api';
import { Captures } from '../captures';

export interface Seen {
  readonly end: CaptureEnd;
  readonly progress: CaptureProgress[];
  readonly asked: string[];
}

export interface How {
  limits?: Partial<typeof DEFAULT_CAPTURE_LIMITS>;
  /** To each question; yes without it. */
  answer?: boolean;
  save?: { path: string; mayReplace: boolean };
  /** Called with each message of progress. */
  during?: (p: CaptureProgress, captures: Captures) => void;
}

/** Runs one capture to its end; what it keeps lies in `captures` of the folder. */
export async function takeIn(folder: string, source: CaptureSource, how: How): Promise<Seen> {
  const progress: CaptureProgress[] = [];
  const asked: string[] = [];
  const end = await new Promise<CaptureEnd>((ok) => {
    const captures = new Captures({
      folder: path.join(folder, 'captures'),
      onProgress: (p) => {
        progress.push(p);
        how.during?.(p, captures);
      },
      onEnd: ok,
      ask: (question) => {
        asked.push(question);
        return Promise.resolve(how.answer ?? true);
      },
      now: () => Date.now(),
    });
    captures.start(source, { ...DEFAULT_CAPTURE_LIMITS, ...how.limits }, how.save ?? null);
  });
  return { end, progress, asked };
}

export function doneFiles(end: CaptureEnd): string[] {
  if (end.kind !== 'done') throw new Error(`${end.code}: ${end.message}`);
  return end.files.map((f) => f.path);
}

export function failed(end: CaptureEnd): { code: string; message: string } {
  if (end.kind !== 'failed') throw new Error('it did not fail');
  return end;
}
