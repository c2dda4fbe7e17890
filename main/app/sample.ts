// The traces that the app brings: the sample of the start page, and those of the guided tour.
import { app } from 'electron';
import path from 'node:path';
import { TOUR_STEPS, type TourStep } from '../../contract/desk-api';

const inClone = (...parts: string[]): string => path.join(app.getAppPath(), ...parts);

/** In an installed app a resource; in a clone one of the fixtures. */
export const samplePath = (): string =>
  app.isPackaged
    ? path.join(process.resourcesPath, 'sample.trace')
    : inClone('tests', 'fixtures', 'traces', 'go1.26-gcheavy.trace');

/** The last of the six is no fixture: it has more processors than those. */
export const tourPath = (step: TourStep): string => {
  if (app.isPackaged) return path.join(process.resourcesPath, 'tour', `fractal-${step}.trace`);
  return step === 'colworkersbuf'
    ? inClone('docs', 'tour', 'fractal-colworkersbuf.trace')
    : inClone('tests', 'fixtures', 'traces', `go1.26-fractal-${step}.trace`);
};

/** A trace of the tour is not one of the user's: it is not remembered. */
export const isOwnTrace = (file: string): boolean => TOUR_STEPS.some((step) => tourPath(step) === file);
