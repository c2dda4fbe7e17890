import { Boxes } from 'lucide-vue-next';
import { lazyPage } from '../../base/lazy-page';

const GoroutinePage = lazyPage(() => import('./GoroutinePage.vue'));

/** One goroutine (`goroutine/7`), or two on one axis (`goroutine/7,12`). */
export const goroutinePage = {
  id: 'goroutine',
  title: 'Goroutine',
  icon: Boxes,
  component: GoroutinePage,
  arg: 'required',
  parent: 'goroutines',
} as const;
