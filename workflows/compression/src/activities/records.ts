import { EspalierError, type Digest, type StageKey, type WireError } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { beginStage, endRun, finishRun, refuseDataset, readRunInputs, registerVersion, type RunEnd } from '@espalier/database';
import type { RunPlan } from '../contract/index.ts';
import { canonicalJson } from './canonical-json.ts';
import type { RecordDependencies } from './dependencies.ts';
import { asActivities } from './guard.ts';

/** The activities that only read and write rows. */
export function createRecordActivities({ pool, storage }: RecordDependencies) {
  return asActivities({
    async planRun({ runId }: { runId: string }): Promise<RunPlan> {
      const { recipe, dataset, model, input } = await readRunInputs(pool, runId);
      if (recipe.kind === 'training') {
        const fresh = { from: 'zoo' as const, name: model.architecture, inputShape: model.inputShape, classes: model.classes };
        return { kind: 'training', recipe, dataset, network: input === null ? fresh : { from: 'artifact', digest: input } };
      }
      if (input === null) {
        throw new EspalierError('BAD_RECIPE', `run ${runId} compresses, but names no version to begin with`, {
          hint: 'Train the model first, then compress the version that comes of it.',
          path: ['version'],
        });
      }
      return { kind: 'compression', recipe, dataset, parent: input };
    },

    async register({ runId, stage, network }: { runId: string; stage: StageKey; network: Digest | null }): Promise<void> {
      if (network === null) throw new EspalierError('INTERNAL', `run ${runId} has made no network to register`);
      const inputsDigest = digestOf(canonicalJson({ kind: 'register', network }));
      const begun = await beginStage(pool, runId, stage, inputsDigest);
      if (begun.done === null) await registerVersion(pool, begun.attempt, { network, inputsDigest });
    },

    async finishRun({ runId }: { runId: string }): Promise<void> {
      await finishRun(pool, runId);
    },

    async endRun({ runId, ...outcome }: { runId: string } & RunEnd): Promise<void> {
      for (const checkpoint of await endRun(pool, runId, outcome)) await storage.remove(checkpoint);
    },

    async refuseDataset({ datasetId, error }: { datasetId: string; error: WireError }): Promise<void> {
      await refuseDataset(pool, datasetId, error);
    },
  });
}
export type RecordActivities = ReturnType<typeof createRecordActivities>;
