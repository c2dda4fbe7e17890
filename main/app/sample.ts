// The sample trace that the start page offers.
import { app } from 'electron';
import path from 'node:path';

/** In an installed app a resource; in a clone one of the fixtures. */
export const samplePath = (): string =>
  app.isPackaged
    ? path.join(process.resourcesPath, 'sample.trace')
    : path.join(app.getAppPath(), 'tests', 'fixtures', 'traces', 'go1.26-gcheavy.trace');
