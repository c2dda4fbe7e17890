import { Flag } from 'lucide-vue-next';
import type { TraceInfo } from '../../../contract/trace-api';
import { lazyPage } from '../../base/lazy-page';

const TasksPage = lazyPage(() => import('./TasksPage.vue'));
const TaskPage = lazyPage(() => import('./TaskPage.vue'));

export const tasksPage = {
  id: 'tasks',
  title: 'User-defined tasks',
  icon: Flag,
  component: TasksPage,
  hasData: (info: TraceInfo) => (info.kinds['TaskBegin'] ?? 0) + (info.kinds['TaskEnd'] ?? 0) > 0,
} as const;

export const taskPage = {
  id: 'task',
  title: 'Task',
  icon: Flag,
  component: TaskPage,
  arg: 'required',
  parent: 'tasks',
} as const;
