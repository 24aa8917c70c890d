import { existsSync } from 'node:fs';
import { EspalierError } from '@espalier/core';
import type { NetworkFile } from '@espalier/training';
import { zoo } from '@espalier/zoo';
import { withPlace } from './open.ts';

/**
 * A network from a file or folder, with the digest by which it is known. Throws NOT_FOUND for a name of nothing, an architecture's among them: its
 * weights would be random; else as the reader of the file's format, with the file's name.
 */
export async function readTrained(named: string): Promise<NetworkFile> {
  if (!existsSync(named)) throw notThere(named);
  const { readNetworkFile } = await import('@espalier/training');
  return readNetworkFile(named).catch((error: unknown) => {
    throw withPlace(named, error);
  });
}

function notThere(named: string): EspalierError {
  const isOfZoo = zoo.some(({ name }) => name === named);
  return isOfZoo
    ? new EspalierError('NOT_FOUND', `${named} is an architecture of the zoo, but a trained network is needed`, {
        hint: `Train it first, by espalier train --network ${named}, and name the network.zip that comes of it.`,
        path: [named],
      })
    : new EspalierError('NOT_FOUND', `there is no network at ${named}`, { hint: 'Check the path.', path: [named] });
}
