import { House } from 'lucide-vue-next';
import HomePage from './HomePage.vue';

export const homePage = { id: 'home', title: 'Home', icon: House, component: HomePage } as const;
