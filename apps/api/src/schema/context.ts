import type { Client } from '@temporalio/client';
import type { Cursor, Database, RunListener } from '@espalier/database';
import { cursorsOf, beginning } from '@espalier/database';
import type { ChannelProvenance } from '@espalier/network';
import type { Storage } from '@espalier/storage';
import DataLoader from 'dataloader';
import type { Logger } from 'pino';
import { readProvenance } from '../modules/provenance/read.ts';
import type { Auth } from '../auth/auth.ts';
import type { Viewer } from '../auth/viewer.ts';

/** What the process has, opened once. */
export interface Services {
  readonly database: Database;
  readonly auth: Auth;
  readonly storage: Storage;
  readonly listener: RunListener;
  /** The workflow engine, connected when first needed. @throws EspalierError `UNAVAILABLE`. */
  readonly workflows: () => Promise<Client>;
  /** Folders below which datasets may be named in place. */
  readonly dataRoots: readonly string[];
  /** The workers that read datasets through. */
  readonly pool: string;
  readonly log: Logger;
}

/** What one operation has. */
export interface Context {
  readonly services: Services;
  readonly viewer: Viewer | null;
  /**
   * Where each run stood when the operation first asked. A run's series, log and cursor all hold to it, so that what is in the answer and what comes
   * after its cursor together are everything, with nothing twice.
   */
  readonly cursors: DataLoader<string, Cursor>;
  /** By digest: a file of megabytes is read once for an operation, however many of its fields are asked for. */
  readonly provenances: DataLoader<string, ChannelProvenance>;
}

export function createContext(services: Services, viewer: Viewer | null): Context {
  const cursors = new DataLoader<string, Cursor>(async (runIds) => {
    const found = await cursorsOf(services.database.pool, runIds);
    return runIds.map((runId) => found.get(runId) ?? beginning);
  });
  const provenances = new DataLoader<string, ChannelProvenance>((digests) =>
    Promise.all(digests.map((digest) => readProvenance(services.storage, digest).catch((error: Error) => error))),
  );
  return { services, viewer, cursors, provenances };
}
