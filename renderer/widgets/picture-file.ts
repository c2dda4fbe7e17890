// A picture as a file: SVG as it is, or painted to PNG at twice its size.

import { trackPromise } from '../base/idle';
import { fileNameOf, saveWhole, type Desk } from './desk';

/** Pixels of a PNG on its longer side at most: browsers refuse more. */
const MOST_PX = 16_000;

/** Paints an SVG. Errors: when the picture is too large for the machine. */
export async function pngOfSvg(svg: string, widthPx: number, heightPx: number): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const scale = Math.min(2, MOST_PX / Math.max(widthPx, heightPx));
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(widthPx * scale);
    canvas.height = Math.ceil(heightPx * scale);
    const g = canvas.getContext('2d');
    if (!g) throw new Error('the picture is too large');
    g.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the picture is too large');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}

export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Writes it where the user says. Answers false when the user thought otherwise. */
export async function savePicture(
  desk: Desk,
  kind: 'svg' | 'png',
  stem: string,
  svg: string,
  size: PictureSize,
): Promise<boolean> {
  const what = kind === 'svg' ? svg : await pngOfSvg(svg, size.widthPx, size.heightPx);
  return saveWhole(desk, fileNameOf(stem, kind), kind, what);
}

/** What a button of a picture does: the page is busy until it is written, and says why where it could not be. */
export async function exportPicture(
  desk: Desk | null,
  kind: 'svg' | 'png',
  stem: string,
  svg: string,
  size: PictureSize,
): Promise<void> {
  if (desk) await tellExport(desk, () => savePicture(desk, kind, stem, svg, size));
}

/** The page is busy until `work` has written a picture, and says why where it could not. */
export async function tellExport(desk: Desk, work: () => Promise<unknown>): Promise<void> {
  try {
    await trackPromise('export', work());
  } catch (e) {
    desk.say?.(`The picture was not written: ${e instanceof Error ? e.message : String(e)}`);
  }
}
