/// <reference types="vite/client" />
import type { ShellBridge } from '../contract/shell-api';

declare global {
  interface Window {
    /** The control plane, put there by the preload. */
    readonly shell: ShellBridge;
  }
}
