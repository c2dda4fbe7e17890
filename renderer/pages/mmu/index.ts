import { TrendingUp } from 'lucide-vue-next';
import { lazyPage } from '../../base/lazy-page';

const MmuPage = lazyPage(() => import('./MmuPage.vue'));

export const mmuPage = {
  id: 'mmu',
  title: 'Minimum mutator utilization',
  icon: TrendingUp,
  component: MmuPage,
} as const;
