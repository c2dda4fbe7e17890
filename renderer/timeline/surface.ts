// What is drawn on a canvas element. The frames of a surface go straight to the compositor, past the page's layout, paint
// and raster: without a GPU those cost as much as our own work.

import type { Px } from '../../contract/units';
import type { Ctx } from './draw/picture';

type Surface = HTMLCanvasElement | OffscreenCanvas;
/** A context that takes the pixels of a whole frame as well. */
export type SurfaceCtx = Ctx & Pick<CanvasRenderingContext2D, 'putImageData'>;

const surfaces = new WeakMap<HTMLCanvasElement, Surface>();

/** The surface of an element; the element itself where there is no other (tests without a browser). */
function surfaceOf(canvas: HTMLCanvasElement): Surface {
  let surface = surfaces.get(canvas);
  if (!surface) {
    // N.B. once in an element's life: from then on it has no context of its own.
    surface = canvas.transferControlToOffscreen?.() ?? canvas;
    surfaces.set(canvas, surface);
  }
  return surface;
}

/** `opaque`: each frame covers all of it, so that it need not be mixed with what lies under it. */
export interface SurfaceSize {
  readonly widthPx: Px;
  readonly heightPx: Px;
  readonly opaque: boolean;
}

/** The context of a canvas that has this size now, in px; null where there is none. N.B. another size clears it. */
export function contextOf(canvas: HTMLCanvasElement, { widthPx, heightPx, opaque }: SurfaceSize): SurfaceCtx | null {
  const surface = surfaceOf(canvas);
  const g = surface.getContext('2d', { alpha: !opaque }) as SurfaceCtx | null;
  if (!g) return null;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(widthPx * ratio), Math.round(heightPx * ratio)];
  if (surface.width !== w || surface.height !== h) {
    surface.width = w;
    surface.height = h;
    canvas.style.width = `${widthPx}px`;
    canvas.style.height = `${heightPx}px`;
  }
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  return g;
}
