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
