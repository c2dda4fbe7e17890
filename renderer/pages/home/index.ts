import { House } from 'lucide-vue-next';
import { lazyPage } from '../../base/lazy-page';

const HomePage = lazyPage(() => import('./HomePage.vue'));

export const homePage = { id: 'home', title: 'Home', icon: House, component: HomePage } as const;
