import path from 'node:path';
import type { Job } from '@espalier/core';
import type { Storage } from '@espalier/storage';
import type { InspectDatasetStage, NetworkInput, StageJob } from '../contract/index.ts';

/**
 * Puts a job's artifacts into `folder` and gives the trainer's job: every digest has become a local path.
 * @param resumeFrom path of the checkpoint file that a training continues from.
 * @throws EspalierError `NOT_FOUND` or `BAD_ARTIFACT` of the storage.
 */
export async function materialiseJob(
  job: StageJob | InspectDatasetStage,
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
      const { method, target, minimumChannels, channelMultiple, round } = job;
      return { ...local, kind: 'analyse', networkPath: await place(job.network), method, target, minimumChannels, channelMultiple, round };
    }
    case 'prune':
      return { ...local, kind: 'prune', networkPath: await place(job.network), planPath: await place(job.plan) };
    case 'evaluate': {
      const networks: { name: string; path: string }[] = [];
      for (const { name, digest } of job.networks) networks.push({ name, path: await place(digest) });
      return { ...local, kind: 'evaluate', networks, split: job.split, latency: job.latency };
    }
    case 'inspect-dataset':
      return { ...local, kind: 'inspect-dataset' };
  }
}

/** What a killed trainer costs at most, besides the epoch ends at which it writes one anyway. */
const checkpointEverySeconds = 20;

async function networkSource(network: NetworkInput, place: (digest: string) => Promise<string>) {
  return network.from === 'zoo' ? network : { from: 'file' as const, path: await place(network.digest) };
}
