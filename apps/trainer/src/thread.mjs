// @ts-check
/** The thread that works begins here: a thread starts without the loader that reads TypeScript. */
import { register } from 'tsx/esm/api';

register();
await import('./work.ts');
