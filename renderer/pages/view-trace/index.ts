import { ChartGantt } from 'lucide-vue-next';
import { lazyPage } from '../../base/lazy-page';

const ViewTracePage = lazyPage(() => import('./ViewTracePage.vue'));

/** The page that shows the whole trace on one time axis. */
export const viewTracePage = {
  id: 'view-trace',
  title: 'View trace',
  icon: ChartGantt,
  component: ViewTracePage,
} as const;
