import { GitCompareArrows } from 'lucide-vue-next';
import { COMPARE_PAGE } from '../../../contract/places';
import { lazyPage } from '../../base/lazy-page';

const ComparePage = lazyPage(() => import('./ComparePage.vue'));

export const comparePage = {
  id: COMPARE_PAGE,
  title: 'Compare',
  icon: GitCompareArrows,
  component: ComparePage,
  arg: 'optional',
} as const;
