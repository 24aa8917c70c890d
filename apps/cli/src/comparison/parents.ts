import path from 'node:path';
import { EspalierError, type DatasetLocation, type DatasetSummary, type TrainingSettings } from '@espalier/core';
import { runTrain } from '@espalier/training';
import type { LocalMachine } from '../local-job.ts';
import { isFromZoo } from '../networks/open.ts';
import { readTrained } from '../networks/trained.ts';
import { networkSource } from '../network-source.ts';
import { jobIn } from '../train/locally.ts';

/** A trained network of a comparison, by the name under which tables and folders have it. */
export interface Parent {
  readonly name: string;
  readonly path: string;
}

export interface Upbringing extends Pick<DatasetSummary, 'shape' | 'classes'> {
  readonly dataset: DatasetLocation;
  readonly settings: TrainingSettings;
  /** Where networks of the zoo are trained, each in a folder of its own. */
  readonly folder: string;
}

/** Files as they are; networks of the zoo are trained once, and found again the next time. */
export async function parentsOf(named: readonly string[], upbringing: Upbringing, machine: LocalMachine): Promise<Parent[]> {
  const names = distinctNames(named);
  const parents: Parent[] = [];
  for (const [index, network] of named.entries())
    parents.push({ name: names[index]!, path: isFromZoo(network) ? await trained(network, upbringing, machine) : network });
  return parents;
}

/** Says what is wrong with any of the networks before anything runs. Throws as `isFromZoo` and `readTrained`, and BAD_INPUT for one that is named twice. */
export async function checkParents(named: readonly string[]): Promise<void> {
  distinctNames(named);
  for (const network of named) if (!isFromZoo(network)) await readTrained(network);
}

/**
 * The names of the files, and of as many folders around them as it takes to tell all apart: a training always calls what it made `network.zip`.
 * @throws EspalierError BAD_INPUT for a network that is named twice.
 */
export function distinctNames(named: readonly string[]): string[] {
  const places = named.map((each) => (isFromZoo(each) ? [each] : partsOf(each)));
  const twice = places.findIndex((place, index) => places.findIndex((other) => isSame(other, place)) < index);
  if (twice >= 0) {
    throw new EspalierError('BAD_INPUT', `the network ${named[twice]} is named twice`, {
      hint: 'Name each network once.',
      path: ['networks'],
    });
  }
  const deepest = Math.max(...places.map(({ length }) => length));
  for (let depth = 1; depth < deepest; depth++) {
    const names = places.map((place) => place.slice(-depth).join('-'));
    if (new Set(names).size === names.length) return names;
  }
  return places.map((place) => place.join('-'));
}

function partsOf(file: string): string[] {
  const { dir, name } = path.parse(path.resolve(file));
  return [...dir.split(path.sep).filter((part) => part !== ''), name];
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index]);

async function trained(
  name: string,
  { dataset, shape, classes, settings, folder }: Upbringing,
  { contextFor }: LocalMachine,
): Promise<string> {
  const network = networkSource(name, { inputShape: shape, classes: classes.length });
  const job = jobIn(path.join(folder, name), 1, { network, dataset, settings, distillation: null, series: 'train' });
  const { outputs } = await runTrain(job, contextFor(`training ${name}`));
  const [output] = outputs;
  if (output === undefined) throw new EspalierError('INTERNAL', 'a training has made no network');
  return output.path;
}
