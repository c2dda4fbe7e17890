import { BoxSelect } from 'lucide-vue-next';
import type { TraceInfo } from '../../../contract/trace-api';
import { lazyPage } from '../../base/lazy-page';

const RegionsPage = lazyPage(() => import('./RegionsPage.vue'));
const RegionPage = lazyPage(() => import('./RegionPage.vue'));

export const regionsPage = {
  id: 'regions',
  title: 'User-defined regions',
  icon: BoxSelect,
  component: RegionsPage,
  hasData: (info: TraceInfo) => (info.kinds['RegionBegin'] ?? 0) + (info.kinds['RegionEnd'] ?? 0) > 0,
} as const;

export const regionPage = {
  id: 'region',
  title: 'Region',
  icon: BoxSelect,
  component: RegionPage,
  arg: 'required',
  parent: 'regions',
} as const;
