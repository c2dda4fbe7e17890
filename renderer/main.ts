// Entry of the page.
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { installDriver } from './app/driver';
import { linkShell } from './app/shell-link';
import { installIdle } from './base/idle';
import './styles/base.css';

// The theme comes with the address, so that the first paint is right.
document.documentElement.dataset['theme'] =
  new URLSearchParams(window.location.search).get('theme') === 'dark' ? 'dark' : 'light';

installIdle();
const app = createApp(App).use(createPinia());
installDriver();
void linkShell().finally(() => app.mount('#app'));
