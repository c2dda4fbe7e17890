// The names of a trace for the palette: functions, goroutines, tasks, regions.
import type { TraceStore } from '../trace/trace-store';
import { NO_NAMES, type TraceNames } from './palette-items';

export function readTraceNames(_store: TraceStore): Promise<TraceNames> {
  return Promise.resolve(NO_NAMES);
}
