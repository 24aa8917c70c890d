export { testDatabase, type TestDatabase } from './database.ts';
export { testTemporal, type TestTemporal } from './temporal.ts';
