import { TrendingUp } from 'lucide-vue-next';
import MmuPage from './MmuPage.vue';

export const mmuPage = {
  id: 'mmu',
  title: 'Minimum mutator utilization',
  icon: TrendingUp,
  component: MmuPage,
} as const;
