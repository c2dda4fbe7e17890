// `v-tip="text"`: a tooltip over everything, after a moment of hover or at once on keyboard focus. One element for the
// whole page, so that no scroll area cuts it off. It is an aid for eyes only: whoever uses it says the same to screen
// readers, with a name or a description.

import type { Directive } from 'vue';

const DELAY_MS = 400;
const GAP_PX = 6;

let box: HTMLElement | null = null;
let timer = 0;
let owner: HTMLElement | null = null;
const texts = new WeakMap<HTMLElement, string>();

function show(el: HTMLElement): void {
  const text = texts.get(el);
  if (!text || !el.isConnected) return;
  if (!box) {
    box = document.createElement('div');
    box.className = 'tip-box';
    box.setAttribute('aria-hidden', 'true');
  }
  // Inside an open dialog the top layer would hide it.
  (el.closest('dialog') ?? document.body).append(box);
  owner = el;
  box.textContent = text;
  const at = el.getBoundingClientRect();
  const { offsetWidth: w, offsetHeight: h } = box;
  const left = Math.max(8, Math.min(at.left + at.width / 2 - w / 2, window.innerWidth - w - 8));
  const below = at.bottom + GAP_PX;
  box.style.left = `${left}px`;
  box.style.top = `${below + h > window.innerHeight - 8 ? at.top - GAP_PX - h : below}px`;
}

function hide(): void {
  clearTimeout(timer);
  owner = null;
  box?.remove();
}

const onEnter = (e: Event): void => {
  clearTimeout(timer);
  const el = e.currentTarget as HTMLElement;
  timer = window.setTimeout(() => show(el), DELAY_MS);
};
const onFocus = (e: Event): void => {
  const el = e.currentTarget as HTMLElement;
  if (el.matches(':focus-visible')) show(el);
};
const onKey = (e: Event): void => {
  if ((e as KeyboardEvent).key === 'Escape') hide();
};

export const vTip: Directive<HTMLElement, string> = {
  mounted(el, { value }) {
    texts.set(el, value);
    el.addEventListener('pointerenter', onEnter);
    el.addEventListener('pointerleave', hide);
    el.addEventListener('pointerdown', hide);
    el.addEventListener('focus', onFocus);
    el.addEventListener('blur', hide);
    el.addEventListener('keydown', onKey);
  },
  updated(el, { value }) {
    texts.set(el, value);
  },
  beforeUnmount(el) {
    if (owner === el) hide();
    clearTimeout(timer);
  },
};
