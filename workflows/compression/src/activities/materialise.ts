import path from 'node:path';
import type { Job } from '@espalier/core';
import type { Storage } from '@espalier/storage';
import type { FitnessStage, InspectDatasetStage, NetworkInput, StageJob } from '../contract/index.ts';

/**
 * Puts a job's artifacts into `folder` and gives the trainer's job: every digest has become a local path.
 * @param resumeFrom path of the checkpoint file that a training continues from.
 * @throws EspalierError `NOT_FOUND` or `BAD_ARTIFACT` of the storage.
 */
export async function materialiseJob(
  job: StageJob | FitnessStage | InspectDatasetStage,
  { storage, folder, resumeFrom }: { storage: Storage; folder: string; resumeFrom: string | null },
): Promise<Job> {
  const inputs = path.join(folder, 'inputs');
  const place = (digest: string): Promise<string> => storage.materialise(digest, inputs);
  const local = { workDirectory: path.join(folder, 'work'), seed: job.seed, dataset: job.dataset.location };
  switch (job.kind) {
    case 'train': {
      const { settings, series, distillation } = job;
      return {
        ...local,
        kind: 'train',
        network: await networkSource(job.network, place),
        settings,
        distillation: distillation === null ? null : { teacherPath: await place(distillation.teacher), settings: distillation.settings },
        series,
        checkpointEverySeconds,
        resumeFrom,
      };
    }
    case 'analyse': {
      const { method, target, minimumChannels, channelMultiple, round, candidates } = job;
      const asked = { method, target, minimumChannels, channelMultiple, round, candidates };
      const judged = job.judged && { ...(await placeSearch(job.judged, place)), fitnesses: [...job.judged.fitnesses] };
      return { ...local, kind: 'analyse', networkPath: await place(job.network), ...asked, judged };
    }
    case 'fitness':
      return {
        ...local,
        kind: 'fitness',
        networkPath: await place(job.network),
        ...(await placeSearch(job, place)),
        candidate: job.candidate,
      };
    case 'prune':
      return { ...local, kind: 'prune', networkPath: await place(job.network), planPath: await place(job.plan) };
    case 'evaluate': {
      const networks: { name: string; path: string }[] = [];
      for (const { name, digest } of job.networks) networks.push({ name, path: await place(digest) });
      const planPaths: string[] = [];
      for (const plan of job.plans ?? []) planPaths.push(await place(plan));
      const provenance = planPaths.length === 0 ? {} : { planPaths };
      return { ...local, kind: 'evaluate', networks, split: job.split, latency: job.latency, ...provenance };
    }
    case 'inspect-dataset':
      return { ...local, kind: 'inspect-dataset' };
  }
}

/** What a killed trainer costs at most, besides the epoch ends at which it writes one anyway. */
const checkpointEverySeconds = 20;

async function placeSearch(
  { search, statistics }: Pick<FitnessStage, 'search' | 'statistics'>,
  place: (digest: string) => Promise<string>,
): Promise<{ searchPath: string; statisticsPath: string | null }> {
  return { searchPath: await place(search), statisticsPath: statistics === null ? null : await place(statistics) };
}

async function networkSource(network: NetworkInput, place: (digest: string) => Promise<string>) {
  return network.from === 'zoo' ? network : { from: 'file' as const, path: await place(network.digest) };
}
