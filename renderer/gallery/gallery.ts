// Entry of the gallery.
import { createApp } from 'vue';
import '../base/idle';
import { DESK, type Desk } from '../widgets/desk';
import '../styles/base.css';
import GalleryPage from './GalleryPage.vue';

const asked = new URLSearchParams(window.location.search);
document.documentElement.dataset['theme'] = asked.get('theme') === 'dark' ? 'dark' : 'light';

/** Buttons that need a desktop are shown, and do nothing. */
const desk: Desk = {
  copyText: () => Promise.resolve(),
  openSink: () => Promise.resolve(null),
  openSource: () => Promise.resolve(),
};

const faces = ['12px "Inter Latin"', '12px "JetBrains Mono Latin"'].map((f) => document.fonts.load(f));
const shown = Promise.allSettled(faces).then(() => {
  createApp(GalleryPage).provide(DESK, desk).mount('#app');
});
// One part is shown while it loads, for ever: here the page is at rest when it stands.
window.__tracewell = { idle: () => shown, busyReasons: () => [] };
