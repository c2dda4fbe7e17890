import { Trash2 } from 'lucide-vue-next';
import type { TraceInfo } from '../../../contract/trace-api';
import { lazyPage } from '../../base/lazy-page';

const GcPage = lazyPage(() => import('./GcPage.vue'));

export const gcPage = {
  id: 'gc',
  title: 'Garbage collection',
  icon: Trash2,
  component: GcPage,
  hasData: (info: TraceInfo) => info.gcCycleCount > 0 || info.stwCount > 0,
} as const;
