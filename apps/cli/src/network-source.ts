import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { EspalierError, type NetworkSource, type Topology } from '@espalier/core';
import { decodeNetwork } from '@espalier/formats';
import { buildZooTopology, zoo, zooEntry } from '@espalier/zoo';

/** What a person names as a network: a file if there is one of that name, else an architecture of the zoo. */
export function networkSource(
  named: string,
  { inputShape, classes }: { inputShape?: [number, number, number]; classes?: number },
): NetworkSource {
  if (existsSync(named)) return { from: 'file', path: named };
  if (!zoo.some(({ name }) => name === named)) {
    throw new EspalierError('NOT_FOUND', `${named} is neither a file nor an architecture of the zoo`, {
      hint: 'Check the path, or choose a name from: espalier zoo',
    });
  }
  const entry = zooEntry(named);
  const [height, width, channels] = inputShape ?? entry.inputShape;
  return { from: 'zoo', name: named, inputShape: [height, width, channels], classes: classes ?? entry.classes };
}

/** A network's topology alone: drawing the weights of a large architecture takes seconds that counting it does not need. */
export async function openTopology(source: NetworkSource): Promise<Topology> {
  if (source.from === 'file') return decodeNetwork(await readFile(source.path)).topology;
  return buildZooTopology(source.name, { inputShape: source.inputShape, classes: source.classes });
}
