import { connectToWorkflows, type TemporalAddress } from '@espalier/compression-workflow/client';
import type { Client } from '@temporalio/client';

export interface Workflows {
  /** @throws EspalierError `UNAVAILABLE`. */
  client(): Promise<Client>;
  close(): Promise<void>;
}

/** A client of the workflow engine that connects when it is first needed, so that the API serves what it can while the engine is away. */
export function lazyWorkflows(address: TemporalAddress): Workflows {
  let connecting: Promise<Client> | undefined;
  return {
    client() {
      connecting ??= connectToWorkflows(address).catch((error: unknown) => {
        connecting = undefined; // The next caller tries again.
        throw error;
      });
      return connecting;
    },
    async close() {
      if (connecting === undefined) return;
      const client = await connecting.catch(() => null); // Never connected: nothing to close.
      await client?.connection.close();
    },
  };
}
