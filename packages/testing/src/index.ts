export { testDatabase, type TestDatabase } from './database.ts';
export { testTemporal, type TestTemporal } from './temporal.ts';
export { startPortal, checkout, type TestPortal } from './portal.ts';
export { chromium } from './chromium.ts';
export { expectCloseToArray, firstDifference, type Tolerance } from './matchers.ts';
