export { startApi } from './api.ts';
export { readEnvironment, type Environment } from './environment.ts';
export { buildApiSchema } from './schema/schema.ts';
export type { ApiServer } from './server/start.ts';
