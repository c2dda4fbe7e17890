// One store per open trace: what is known of it and where the user stands in it. Everything is shallow: blocks and
// details are replaced, never changed.

import { defineStore } from 'pinia';
import { computed, markRaw, shallowRef } from 'vue';
import type { CounterValues } from '../../contract/blocks/counters';
import type { TraceError } from '../../contract/errors';
import type { LatencySample } from '../../contract/rows';
import { domWire } from '../../contract/rpc';
import type { IndexProgress, MergedDetails, SpanDetails, TraceInfo } from '../../contract/trace-api';
import { isRowTrack, type Nanos, type Px, type TraceId, type TrackId } from '../../contract/units';
import { trackBusy } from '../base/idle';
import { clampWindow, lengthOf, type TimeWindow } from '../base/time-scale';
import type { Mark } from './marks';
import { listenForPort } from './ports';
import { engineDied, fileLost, SUPERSEDED, traceErrorFrom, TraceClient } from './trace-client';
import { FIRST_MODE, type ViewMode } from './view-mode';

/** What the details panel shows. `row`: the name of the row, as links write it: `P3`, `G12`, `gc`. */
export type Selection =
  | { readonly kind: 'span'; readonly track: TrackId; readonly row: string; readonly details: SpanDetails }
  | { readonly kind: 'merged'; readonly track: TrackId; readonly row: string; readonly details: MergedDetails }
  | {
      readonly kind: 'sample';
      readonly values: CounterValues;
      /** Where the curve of scheduler latency is shown: who began to run last; null: nobody lately. */
      readonly latency?: LatencySample | null;
    }
  | { readonly kind: 'area'; readonly area: AreaBox };

/** A piece of the picture: a time range on neighbouring rows. */
export interface AreaBox {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  /** Rows [firstRow, endRow): places of processors, or in the list of rows. */
  readonly firstRow: number;
  readonly endRow: number;
  /** Lane 0 of each. */
  readonly tracks: readonly TrackId[];
  /** `P 0 – P 3`, `9 goroutines`. */
  readonly rowsText: string;
}

/** Where the user stands, as back and forward keep it. */
export interface Place {
  /** Null: the whole trace, however long it will be. */
  readonly window: TimeWindow | null;
  readonly selection: Selection | null;
  readonly scrollTopPx: Px;
  readonly mode: ViewMode;
}

export type TraceStatus = 'opening' | 'indexing' | 'done' | 'cancelled' | 'failed';

/** How far the picture is, for `shot --timing`. */
export type DrawnState = 'nothing' | 'first-spans' | 'whole-trace';

/** What is kept of a trace whose file was replaced, until the new one is read. */
interface Before {
  readonly info: TraceInfo | null;
  readonly procs: readonly number[];
  readonly selection: Selection | null;
}

/** How often at most the facts are asked for while the trace is read. */
const INFO_EVERY_MS = 400;

function traceSetup(traceId: TraceId) {
  return () => {
    // N.B. private fields: Vue must not wrap it in a proxy.
    const client = markRaw(new TraceClient());
    const info = shallowRef<TraceInfo | null>(null);
    const progress = shallowRef<IndexProgress | null>(null);
    const error = shallowRef<TraceError | null>(null);
    const status = shallowRef<TraceStatus>('opening');
    const placedWindow = shallowRef<TimeWindow | null>(null);
    /** The range that pages' figures are about; null: the whole trace. */
    const scopeWindow = shallowRef<TimeWindow | null>(null);
    const selection = shallowRef<Selection | null>(null);
    const cursorNanos = shallowRef<Nanos | null>(null);
    const marks = shallowRef<readonly Mark[]>([]);
    const scrollTopPx = shallowRef<Px>(0);
    const mode = shallowRef<ViewMode>(FIRST_MODE);
    const drawn = shallowRef<DrawnState>('nothing');
    /** Set by the page that shows the timeline; the palette and the menu run its commands through here. */
    const commandHandler = shallowRef<((command: string) => boolean) | null>(null);
    /** A span to select once spans can be picked: set by `shot --select` and by links. */
    const wantedSelect = shallowRef<string | null>(null);
    /** What pages keep of themselves over a change of page and over a restart, as JSON: see page-state.ts. */
    const pageState = shallowRef<Readonly<Record<string, unknown>>>({});

    const durationNanos = computed<Nanos>(() =>
      info.value?.status === 'done'
        ? info.value.durationNanos
        : Math.max(progress.value?.durationNanos ?? 0, info.value?.durationNanos ?? 0),
    );
    const indexedToNanos = computed<Nanos>(() =>
      status.value === 'done'
        ? durationNanos.value
        : Math.max(progress.value?.indexedToNanos ?? 0, info.value?.indexedToNanos ?? 0),
    );
    /** What the trace had that this one took the place of, until this one is read: rows stay where they are. */
    const before = shallowRef<Before | null>(null);
    const procs = computed<readonly number[]>(() =>
      [info.value?.procs ?? [], progress.value?.procs ?? [], before.value?.procs ?? []].reduce((a, b) =>
        b.length > a.length ? b : a,
      ),
    );
    /** The visible range. */
    const window = computed<TimeWindow>(
      () => placedWindow.value ?? { fromNanos: 0, toNanos: Math.max(1, durationNanos.value) },
    );

    let abort: AbortController | null = null;
    let lastInfoAt = -Infinity;

    async function refreshInfo(): Promise<void> {
      try {
        const answer = await client.readInfo();
        // An answer that was overtaken by the end of indexing must not take it back.
        if (answer !== SUPERSEDED && status.value === 'indexing') info.value = answer;
      } catch {
        // Not open yet, or the process died: `index` says which.
      }
    }

    function onProgress(p: IndexProgress): void {
      progress.value = p;
      client.tiles.progressed(p.indexedToNanos);
      const now = performance.now();
      if (now - lastInfoAt < INFO_EVERY_MS) return;
      lastInfoAt = now;
      void refreshInfo();
    }

    /** Opens and indexes; does nothing while that runs or when it is done. */
    async function start(): Promise<void> {
      if (abort || status.value === 'done') return;
      const mine = new AbortController();
      abort = mine;
      error.value = null;
      status.value = 'indexing';
      const done = trackBusy('index');
      try {
        const answer = await client.index(onProgress, mine.signal);
        if (abort !== mine) return;
        info.value = answer;
        status.value = answer.status === 'cancelled' ? 'cancelled' : 'done';
        client.tiles.finished(answer.status === 'done' ? answer.durationNanos : answer.indexedToNanos);
        void resettle();
      } catch (e) {
        if (abort !== mine) return;
        const known = traceErrorFrom(e);
        // N.B. facts of the trace before are none of this one, and those asked for before its first event are none at all.
        if ((before.value && info.value === before.value.info) || info.value?.eventCount === 0) info.value = null;
        status.value = known.code === 'CANCELLED' && info.value ? 'cancelled' : 'failed';
        error.value = status.value === 'failed' ? known : null;
      } finally {
        if (abort === mine) abort = null;
        done();
      }
    }

    /** The file is another one: all that is known is of the one before. The place stays; reading begins with the next port. */
    function renew(): void {
      abort = null;
      client.detach(fileLost());
      client.tiles.forget();
      before.value = {
        info: info.value,
        procs: procs.value,
        selection: selection.value ?? before.value?.selection ?? null,
      };
      selection.value = null;
      scopeWindow.value = null;
      progress.value = null;
      error.value = null;
      status.value = 'opening';
    }

    /** The bytes that were opened are gone: what is drawn stays, nothing more can be asked. */
    function lose(): void {
      client.detach(fileLost());
    }

    /** A new trace in the place of another is read: the window is moved into it, the selection found again in it. */
    async function resettle(): Promise<void> {
      const was = before.value;
      before.value = null;
      if (!was) return;
      const placed =
        placedWindow.value && clampWindow(placedWindow.value, { durationNanos: durationNanos.value, widthPx: 1 });
      placedWindow.value = placed && lengthOf(placed) < durationNanos.value ? placed : null;
      if (!was.selection || selection.value) return;
      const found = await selectedAgain(client, was.selection).catch(() => null);
      // The user may have selected something meanwhile.
      selection.value ??= found;
    }

    /** Stops indexing; what was read stays usable. */
    function cancel(): void {
      abort?.abort();
    }

    const endPort = listenForPort(traceId, {
      onPort(port) {
        client.attach(domWire(port));
        // After a restart the new process knows nothing of the file yet.
        if (status.value !== 'opening') {
          status.value = 'opening';
          abort = null;
          void start();
        }
      },
      onExit(code) {
        client.detach(engineDied(code));
        abort = null;
        status.value = 'failed';
        error.value = traceErrorFrom(engineDied(code));
      },
    });

    function setWindow(w: TimeWindow | null): void {
      placedWindow.value = w;
    }
    /** Sets the range of pages' figures; whole nanoseconds within the trace. A range that is all of it, or empty, is none. */
    function setScopeWindow(w: TimeWindow | null): void {
      const fromNanos = Math.max(0, Math.floor(w?.fromNanos ?? 0));
      const toNanos = Math.min(durationNanos.value, Math.ceil(w?.toNanos ?? 0));
      const isPart = fromNanos < toNanos && (fromNanos > 0 || toNanos < durationNanos.value);
      scopeWindow.value = w && isPart ? { fromNanos, toNanos } : null;
    }
    function setSelection(s: Selection | null): void {
      selection.value = s;
    }
    function setCursor(t: Nanos | null): void {
      cursorNanos.value = t;
    }
    function setScrollTop(px: Px): void {
      scrollTopPx.value = px;
    }
    function setMarks(list: readonly Mark[]): void {
      marks.value = list;
    }
    function setMode(m: ViewMode): void {
      mode.value = m;
    }
    function setDrawn(d: DrawnState): void {
      // Benches read when this was, in the page's own clock.
      if (d !== drawn.value) performance.mark(d, { detail: traceId });
      drawn.value = d;
    }
    function setCommandHandler(f: ((command: string) => boolean) | null): void {
      commandHandler.value = f;
    }
    function setWantedSelect(text: string | null): void {
      wantedSelect.value = text;
    }
    function setPageState(key: string, value: unknown): void {
      pageState.value = { ...pageState.value, [key]: value };
    }
    /** Runs a command of the timeline (ids in renderer/timeline/keys.ts); false when the timeline is not shown. */
    function runCommand(command: string): boolean {
      return commandHandler.value?.(command) ?? false;
    }

    function place(): Place {
      return {
        window: placedWindow.value,
        selection: selection.value,
        scrollTopPx: scrollTopPx.value,
        mode: mode.value,
      };
    }
    function setPlace(p: Place): void {
      placedWindow.value = p.window;
      selection.value = p.selection;
      scrollTopPx.value = p.scrollTopPx;
      mode.value = p.mode;
    }

    /** Ends the connection. The store of a closed trace is not used again. */
    function dispose(): void {
      abort?.abort();
      abort = null;
      endPort();
      client.dispose();
      definitions.delete(traceId);
    }

    return {
      traceId,
      client,
      info,
      progress,
      error,
      status,
      durationNanos,
      indexedToNanos,
      procs,
      window,
      placedWindow,
      selection,
      scopeWindow,
      cursorNanos,
      marks,
      scrollTopPx,
      mode,
      drawn,
      commandHandler,
      wantedSelect,
      pageState,
      start,
      cancel,
      renew,
      lose,
      goOn: start,
      setWindow,
      setScopeWindow,
      setSelection,
      setCursor,
      setScrollTop,
      setMarks,
      setMode,
      setDrawn,
      setCommandHandler,
      setWantedSelect,
      setPageState,
      runCommand,
      place,
      setPlace,
      dispose,
    };
  };
}

/** What is in the new trace where something was selected in the one before. */
async function selectedAgain(client: TraceClient, was: Selection): Promise<Selection | null> {
  if (was.kind === 'sample') {
    const values = await client.readCountersAt(was.values.atNanos);
    return values === SUPERSEDED ? null : { kind: 'sample', values };
  }
  // Rows are not the same in another trace.
  if (was.kind === 'area' || isRowTrack(was.track)) return null;
  const { track, row, details } = was;
  const d = await client.pickSpan('click', track, (details.startNanos + details.endNanos) / 2, 0);
  if (d === SUPERSEDED || d === null) return null;
  return d.kind === 'span' ? { kind: 'span', track, row, details: d } : { kind: 'merged', track, row, details: d };
}

const define = (traceId: TraceId) => defineStore(`trace/${traceId}`, traceSetup(traceId));
const definitions = new Map<TraceId, ReturnType<typeof define>>();

/** The store of an open trace, made at the first call. */
export function useTraceStore(traceId: TraceId): ReturnType<ReturnType<typeof define>> {
  let d = definitions.get(traceId);
  if (!d) definitions.set(traceId, (d = define(traceId)));
  return d();
}

export type TraceStore = ReturnType<typeof useTraceStore>;
