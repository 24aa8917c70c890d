import { existsSync } from 'node:fs';
import path from 'node:path';
import { EspalierError, type NetworkData, type Topology } from '@espalier/core';
import { buildZooNetwork, buildZooTopology, zoo, type ZooRequest } from '@espalier/zoo';

/** How a network that is named on the command line is to be had. */
export interface NetworkChoices {
  /** [height, width, channels]: of a zoo network, or of a file that leaves its input open. */
  readonly input?: [number, number, number];
  /** Of a zoo network. */
  readonly classes?: number;
  /** The width multiplier of a zoo network. */
  readonly width?: number;
  /** From which the weights of a zoo network are drawn. */
  readonly seed?: number;
}

/** Throws BAD_INPUT for choices that only a zoo network has where none of these is one. */
export function refuseIdleChoices(names: readonly string[], { classes, width }: NetworkChoices): void {
  if ((classes === undefined && width === undefined) || names.some(isFromZoo)) return;
  throw new EspalierError('BAD_INPUT', `${names.join(' and ')}: classes and widths of a file are what they are`, {
    hint: 'Leave out --classes and --width-multiplier, or name an architecture from: espalier zoo',
    path: [classes === undefined ? 'width-multiplier' : 'classes'],
  });
}

export interface OpenedNetwork {
  readonly network: NetworkData;
  /** The name of the file's format, or `zoo`. */
  readonly format: string;
  /** What the reader converted or left out. */
  readonly warnings: readonly string[];
}

/**
 * Whether the name is that of an architecture; else it is a path. Throws NOT_FOUND where it is neither. The zoo comes first, so that a name means
 * the same in every folder.
 */
export function isFromZoo(named: string): boolean {
  if (zoo.some(({ name }) => name === named)) return true;
  if (existsSync(named)) return false;
  throw new EspalierError('NOT_FOUND', `${named} is neither an architecture of the zoo nor a file or folder`, {
    hint: 'Check the path, or choose a name from: espalier zoo',
    path: [named],
  });
}

/** The network of that name. Throws as `isFromZoo`, as the reader of the file's format, and BAD_INPUT for an input that does not suit it. */
export async function openNetwork(named: string, choices: NetworkChoices): Promise<OpenedNetwork> {
  if (isFromZoo(named)) {
    const network = buildZooNetwork(named, { ...zooRequest(choices), seed: choices.seed ?? 0 });
    return { network, format: 'zoo', warnings: [] };
  }
  // Loaded only here: what needs no file shall not wait for the readers of all formats.
  const { readNetworkFile } = await import('@espalier/formats');
  return readNetworkFile(named, { inputShape: choices.input }).catch((error: unknown) => {
    throw withPlace(named, error);
  });
}

/** What is wrong with the content of a file or folder, with its name: a command may read several. */
export function withPlace(named: string, error: unknown): unknown {
  if (error instanceof EspalierError && error.code === 'NOT_FOUND' && error.path[0] === path.join(named, 'model.json')) {
    return new EspalierError('NOT_FOUND', `${named} is a folder without a network: there is no model.json in it`, {
      hint: 'Name the folder or file that holds the network.',
      path: [named],
      cause: error,
    });
  }
  const isOfContent = error instanceof EspalierError && (error.code === 'BAD_ARTIFACT' || error.code === 'BAD_NETWORK');
  if (!isOfContent || error.message.includes(named)) return error;
  const { code, message, hint, path: place } = error;
  return new EspalierError(code, `${named}: ${message}`, { hint, path: place, cause: error });
}

/** Its topology alone: drawing the weights of a large architecture takes seconds that counting it does not need. */
export async function openTopology(named: string, choices: NetworkChoices): Promise<Topology> {
  if (isFromZoo(named)) return buildZooTopology(named, zooRequest(choices));
  return (await openNetwork(named, choices)).network.topology;
}

const zooRequest = ({ input, classes, width }: NetworkChoices): ZooRequest => ({
  ...(input === undefined ? {} : { inputShape: input }),
  ...(classes === undefined ? {} : { classes }),
  ...(width === undefined ? {} : { widthMultiplier: width }),
});
