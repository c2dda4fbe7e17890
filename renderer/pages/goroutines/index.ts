import { Boxes } from 'lucide-vue-next';
import { h, type FunctionalComponent } from 'vue';
import type { TraceId } from '../../../contract/units';
import FunctionPage from './FunctionPage.vue';
import GoroutinesPage from './GoroutinesPage.vue';

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
