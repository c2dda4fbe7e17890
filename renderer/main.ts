// Entry of the page.
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { shellDesk } from './app/desk';
import { installDriver } from './app/driver';
import { linkShell } from './app/shell-link';
import { installIdle, trackBusy } from './base/idle';
import { warmPages } from './base/lazy-page';
import { osName } from './base/os-name';
import { DESK } from './widgets/desk';
import './styles/base.css';

// The theme comes with the address, so that the first paint is right.
document.documentElement.dataset['theme'] =
  new URLSearchParams(window.location.search).get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.dataset['os'] = osName();

installIdle();
const app = createApp(App).use(createPinia()).provide(DESK, shellDesk);
installDriver();
// N.B. a canvas does not draw again when a face arrives late, so the faces come first.
const faces = Promise.all(['12px "Inter Latin"', '12px "JetBrains Mono Latin"'].map((f) => document.fonts.load(f)));
const shown = trackBusy('start');
void Promise.allSettled([linkShell(), faces]).then(() => {
  app.mount('#app');
  shown();
  // After the picture that has it: two frames on, what was mounted has been painted.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      void window.shell.markTiming({ mark: 'usable' });
      warmPages();
    }),
  );
});
