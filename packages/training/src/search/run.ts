import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Digest, FitnessSettings, NetworkData } from '@espalier/core';
import { digestOf, writeFileAtomically } from '@espalier/core/node';
import type { Dataset } from '@espalier/datasets';
import type { KeepLists } from '@espalier/network';
import { z } from 'zod';
import { JobStopped, type JobContext } from '../context.ts';
import { fitnessOf } from './fitness.ts';

/** A search whose state is plain JSON, asked for candidates and told their fitness until it has none left. */
export interface SteppedSearch {
  readonly name: string;
  readonly fitness: FitnessSettings;
  start(seed: number): unknown;
  restore(json: unknown): unknown;
  generation(state: unknown): number;
  candidates(state: unknown): readonly (readonly number[])[];
  tell(state: unknown, evaluations: readonly { readonly genome: readonly number[]; readonly fitness: number | null }[]): unknown;
  best(state: unknown): { readonly genome: readonly number[]; readonly fitness: number | null };
}

export interface SearchRun {
  readonly search: SteppedSearch;
  readonly network: NetworkData;
  readonly dataset: Dataset;
  /** The plan that a genome stands for. */
  readonly planOf: (genome: readonly number[]) => KeepLists;
  readonly seed: number;
  /** Where the state is kept between two evaluations. */
  readonly folder: string;
  /** The digest of all that decides the search: a state of another one is not taken. */
  readonly identity: Digest;
  /** Prefix of the series. */
  readonly series: string;
}

export interface SearchOutcome {
  readonly genome: readonly number[];
  readonly fitness: number | null;
  readonly evaluations: number;
}

const KeptSchema = z.object({ identity: z.string(), evaluations: z.number().int(), state: z.unknown() });

/**
 * Runs a search to its end, candidate by candidate. After each one the state is on the disk, so a search that was killed goes on where it was and ends in
 * the same genome: a candidate's fitness depends on the candidate alone.
 * @throws JobStopped when told to stop.
 */
export async function runSearch(
  { search, network, dataset, planOf, seed, folder, identity, series }: SearchRun,
  context: JobContext,
): Promise<SearchOutcome> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'search.json');
  let { state, evaluations } = (await kept(file, identity, search)) ?? { state: search.start(seed), evaluations: 0 };
  for (;;) {
    const [genome] = search.candidates(state);
    if (genome === undefined) break;
    const before = search.generation(state);
    context.progress(`searching by ${search.name}, generation ${before}`, () => ({ step: evaluations }));
    await context.breathe();
    if (context.stopping) throw new JobStopped();
    const work = path.join(folder, 'candidate');
    const plan = planOf(genome);
    const request = {
      network,
      plan,
      dataset,
      settings: search.fitness,
      seed,
      folder: work,
      identity: digestOf(JSON.stringify([identity, genome])),
    };
    await mkdir(work, { recursive: true });
    const fitness = await fitnessOf(request, context);
    await rm(work, { recursive: true, force: true });
    state = search.tell(state, [{ genome, fitness }]);
    evaluations++;
    await writeFileAtomically(file, JSON.stringify({ identity, evaluations, state }));
    const best = search.best(state).fitness;
    context.metrics([
      { series: `${series}/fitness`, step: evaluations, value: fitness },
      ...(best === null ? [] : [{ series: `${series}/best-fitness`, step: evaluations, value: best }]),
    ]);
    if (search.generation(state) !== before && best !== null)
      context.info(`${search.name}: generation ${before} of the search ends with ${(100 * best).toFixed(2)} % on held-out pictures`);
  }
  return { ...search.best(state), evaluations };
}

async function kept(file: string, identity: Digest, search: SteppedSearch): Promise<{ state: unknown; evaluations: number } | null> {
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
