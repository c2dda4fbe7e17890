// Entry of the main process.
import { start } from './app/start';

start();
