import { Grid3x3 } from 'lucide-vue-next';
import { lazyPage } from '../../base/lazy-page';

const ProcessorsPage = lazyPage(() => import('./ProcessorsPage.vue'));

/** Heat map of the processors, and running beside runnable goroutines. */
export const processorsPage = {
  id: 'processors',
  title: 'Processor use',
  icon: Grid3x3,
  component: ProcessorsPage,
} as const;
