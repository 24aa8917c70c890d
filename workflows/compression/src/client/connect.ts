import { Client, Connection } from '@temporalio/client';
import { EspalierError } from '@espalier/core';

export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
}

/**
 * A client of the workflow engine. The connection mends itself when the server comes back; `close` it at the end.
 * @throws EspalierError `UNAVAILABLE` when nothing answers at the address within ten seconds.
 */
export async function connectToWorkflows({ address, namespace }: TemporalAddress): Promise<Client> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '10s' });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new EspalierError('UNAVAILABLE', `no Temporal server answers at ${address}`, {
      hint: 'Start it, or set TEMPORAL_ADDRESS to where it is.',
      cause: error,
    });
  }
}
