import { AlarmClock, Cpu, Hourglass, Layers, Lock, Network, SquareTerminal } from 'lucide-vue-next';
import { h, type Component, type FunctionalComponent } from 'vue';
import type { TraceInfo } from '../../../contract/trace-api';
import type { TraceId } from '../../../contract/units';
import { PROFILE_KINDS } from './profile-kinds';
import { lazyPage } from '../../base/lazy-page';

const ProfilePage = lazyPage(() => import('./ProfilePage.vue'));

interface PageProps {
  traceId: TraceId;
  arg?: string | null;
}

function pageOf(id: string, icon: Component) {
  const component: FunctionalComponent<PageProps> = (props) => h(ProfilePage, { ...props, page: id });
  component.props = ['traceId', 'arg'];
  return { id, title: PROFILE_KINDS[id]!.title, icon, component, arg: 'optional' } as const;
}

/** The blocking profiles and the CPU samples, each a page: `network/function=main.work`, `sync`, … */
export const networkPage = pageOf('network', Network);
export const syncPage = pageOf('sync', Lock);
export const syscallPage = pageOf('syscall', SquareTerminal);
export const schedPage = pageOf('sched', Hourglass);
export const otherPage = pageOf('other', AlarmClock);
export const wallPage = pageOf('wall', Layers);
export const cpuPage = {
  ...pageOf('cpu', Cpu),
  hasData: (info: TraceInfo): boolean => (info.kinds['StackSample'] ?? 0) > 0,
};
