import { Boxes } from 'lucide-vue-next';
import { h, type FunctionalComponent } from 'vue';
import type { TraceId } from '../../../contract/units';
import { lazyPage } from '../../base/lazy-page';

const GoroutinesPage = lazyPage(() => import('./GoroutinesPage.vue'));
const FunctionPage = lazyPage(() => import('./FunctionPage.vue'));

interface PageProps {
  traceId: TraceId;
  arg?: string | null;
}
/** All functions, or with an argument one of them. */
const component: FunctionalComponent<PageProps> = ({ traceId, arg }) =>
  arg === null || arg === undefined ? h(GoroutinesPage, { traceId }) : h(FunctionPage, { traceId, arg });
component.props = ['traceId', 'arg'];

export const goroutinesPage = {
  id: 'goroutines',
  title: 'Goroutine analysis',
  icon: Boxes,
  component,
  arg: 'optional',
} as const;
