import { List } from 'lucide-vue-next';
import { lazyPage } from '../../base/lazy-page';

const EventsPage = lazyPage(() => import('./EventsPage.vue'));

/** All events of the trace, or those that a query finds. Its argument is the query that it begins with. */
export const eventsPage = {
  id: 'events',
  title: 'Events',
  icon: List,
  component: EventsPage,
  arg: 'optional',
} as const;
