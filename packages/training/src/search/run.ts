import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Digest, NetworkData } from '@espalier/core';
import { digestOf, writeFileAtomically } from '@espalier/core/node';
import type { Dataset, DetectionDataset } from '@espalier/datasets';
import type { KeepLists } from '@espalier/network';
import { z } from 'zod';
import { JobStopped, type JobContext } from '../context.ts';
import { hasScenes } from '../observe/examples.ts';
import { phaseOf, tellInOrder, type Genome, type SearchRecord, type SteppedSearch } from './driver.ts';
import { fitnessOf } from './fitness.ts';

export interface SearchRun {
  readonly search: SteppedSearch;
  readonly network: NetworkData;
  /** Of scenes for a detector. */
  readonly dataset: Dataset | DetectionDataset;
  /** The plan that a genome stands for. */
  readonly planOf: (genome: Genome) => KeepLists;
  readonly seed: number;
  /** Where the state is kept between two evaluations. */
  readonly folder: string;
  /** The digest of all that decides the search: a state of another one is not taken. */
  readonly identity: Digest;
  /** Prefix of the series. */
  readonly series: string;
}

const KeptSchema = z.object({ identity: z.string(), evaluations: z.number().int(), state: z.unknown() });

/**
 * Runs a search to its end on this machine, candidate by candidate. After each one the state is on the disk, so a search that was killed goes on where it was
 * and ends in the same genome: a candidate's fitness depends on the candidate alone.
 * @throws JobStopped when told to stop.
 */
export async function runSearch(
  { search, network, dataset, planOf, seed, folder, identity, series }: SearchRun,
  context: JobContext,
): Promise<SearchRecord> {
  const kind = hasScenes(dataset) ? 'detection' : 'classification';
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'search.json');
  let record: SearchRecord = (await kept(file, identity, search)) ?? { state: search.start(seed), evaluations: 0 };
  for (;;) {
    const [genome] = search.candidates(record.state);
    if (genome === undefined) return record;
    const { evaluations } = record;
    context.progress(phaseOf(search.name, search.generation(record.state)), () => ({ step: evaluations }));
    await context.breathe();
    if (context.stopping) throw new JobStopped();
    const work = path.join(folder, 'candidate');
    await mkdir(work, { recursive: true });
    const request = { network, dataset, settings: search.fitness, seed, folder: work };
    const fitness = await fitnessOf({ ...request, plan: planOf(genome), identity: identityOfCandidate(identity, genome) }, context);
    await rm(work, { recursive: true, force: true });
    const step = tellInOrder(search, record, [fitness], { kind, series });
    ({ record } = step);
    await writeFileAtomically(file, JSON.stringify({ identity, ...record }));
    context.metrics([...step.points]);
    for (const line of step.lines) context.info(line);
  }
}

/** The digest of all that decides the fitness of a candidate. */
export const identityOfCandidate = (search: Digest, genome: Genome): Digest => digestOf(JSON.stringify([search, genome]));

async function kept(file: string, identity: Digest, search: SteppedSearch): Promise<SearchRecord | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const found = KeptSchema.parse(JSON.parse(text));
    return found.identity === identity ? { state: search.restore(found.state), evaluations: found.evaluations } : null;
  } catch {
    // A state that can't be read costs the evaluations behind it, and nothing else.
    return null;
  }
}
