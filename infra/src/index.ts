export { freePort, PortBook } from './ports.ts';
export { isAlive, noteOf, endGroup, waitForEnd, type ProcessNote } from './processes.ts';
export { startPostgres, removePostgres, type PostgresOptions, type PostgresServer } from './services/postgres/cluster.ts';
export {
  createTemporalNamespace,
  takeTemporalPorts,
  temporalArguments,
  temporalExecutable,
  waitForTemporal,
  type TemporalPorts,
} from './services/temporal.ts';
export { withLock } from '../setup/lock.mjs';
export { findChromium, NO_CHROMIUM_WAY_OUT } from '../setup/chromium.mjs';
export { openPortal, type Portal, type PortalOptions } from './portal/portal.ts';
export { readEnvironment, type Environment } from './environment.ts';
export { bootstrapOwner, keptOwner, type Owner } from './owner.ts';
export { signIn, type ApiClient } from './demonstration/client.ts';
export { demonstrate, findOrganization, startRun, writeDigits, type Demonstration } from './demonstration/demonstrate.ts';
export { createScreen, type Screen } from './demonstration/screen.ts';
export { endLeftovers } from './supervise/ledger.ts';
export { watchRun } from './demonstration/watch.ts';
export type { Run } from './demonstration/documents.ts';
