import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError, type FitnessJob } from '@espalier/core';
import type { JobContext, JobOutcome } from '../context.ts';
import { planOfCandidate } from '../search/candidate.ts';
import { fitnessPoint, phaseOf, seriesOfSearch } from '../search/driver.ts';
import { fitnessOf } from '../search/fitness.ts';
import { readSearch, readStatistics } from '../search/handed-out.ts';
import { identityOfCandidate } from '../search/run.ts';
import type { Planner } from './analyse.ts';
import { readNetworkFile } from './files.ts';
import { openFor } from './opened.ts';

/** Judges one candidate of a search that was handed out, exactly as the search itself would have. No output but its fitness. */
export async function runFitness(job: FitnessJob, context: JobContext, planner: Pick<Planner, 'planPruning'>): Promise<JobOutcome> {
  context.progress('preparing');
  const { network, digest } = await readNetworkFile(job.networkPath);
  const search = await readSearch(job.searchPath, digest);
  const candidate = search.candidates[job.candidate];
  if (candidate === undefined)
    throw new EspalierError('BAD_INPUT', `the search has no candidate ${job.candidate}: it hands out ${search.candidates.length}`, {
      path: ['candidate'],
    });
  const statistics = await readStatistics(job.statisticsPath);
  const { dataset } = await openFor(network, job.dataset, 'network', context);
  context.progress(phaseOf(search.algorithm, search.generation), () => ({ step: search.evaluations + job.candidate }));
  await context.breatheOrStop();
  const { genome, meaning } = candidate;
  const observed = { network, ...search.request, ...(statistics === null ? {} : { statistics }) };
  const plan = planOfCandidate(() => planner.planPruning({ ...observed, ...meaning }).plan);
  const folder = path.join(job.workDirectory, 'candidate');
  await mkdir(folder, { recursive: true });
  const { seed, round } = search.request;
  const identity = identityOfCandidate(search.identity, genome);
  const fitness = await fitnessOf({ network, plan, dataset, settings: search.fitness, seed, folder, identity }, context);
  context.metrics([fitnessPoint(seriesOfSearch(round), search.evaluations + job.candidate + 1, fitness)]);
  return { result: { kind: 'fitness', fitness }, outputs: [] };
}
