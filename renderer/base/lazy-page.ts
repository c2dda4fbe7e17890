// Pages are read when they are first shown, not at the start: the start page stands sooner by that much. What nobody has
// looked at yet is read when the window has nothing else to do, so that the first look does not wait either.
import { defineAsyncComponent, type Component } from 'vue';
import { trackPromise } from './idle';

type Load = () => Promise<{ readonly default: Component }>;
const loads: Load[] = [];

/** A page by its module: `lazyPage(() => import('./GcPage.vue'))`. */
export function lazyPage<T extends Component>(load: () => Promise<{ readonly default: T }>): T {
  loads.push(load);
  // N.B. for whoever uses it, it has the properties of the page that it will be.
  return defineAsyncComponent(() => trackPromise('page', load()).then((m) => m.default)) as unknown as T;
}

/** Reads all pages, one after the other, in moments without work. */
export function warmPages(): void {
  const [next] = loads.splice(0, 1);
  if (!next) return;
  requestIdleCallback(() => void next().then(warmPages, () => undefined), { timeout: 2000 });
}
