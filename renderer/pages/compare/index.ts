import { GitCompareArrows } from 'lucide-vue-next';
import { COMPARE_PAGE } from '../../../contract/places';
import ComparePage from './ComparePage.vue';

export const comparePage = {
  id: COMPARE_PAGE,
  title: 'Compare',
  icon: GitCompareArrows,
  component: ComparePage,
  arg: 'optional',
} as const;
