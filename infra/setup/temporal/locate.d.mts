export const TEMPORAL_VERSION: string;
export function defaultCache(env?: NodeJS.ProcessEnv): string;
export function cachedTemporal(cache: string): string;
export function findTemporal(places: { cache: string; searchPath?: string }): string | undefined;
export function isExecutable(file: string): boolean;
