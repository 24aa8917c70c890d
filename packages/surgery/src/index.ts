export { prune, mask } from './prune.ts';
