import { badInput, EspalierError, type NetworkData, type PruneJob } from '@espalier/core';
import { everyBatch, openDataset, type Dataset } from '@espalier/datasets';
import { dependencyGroups, layerWidths, networkCost, PruningPlanSchema, readGraph, type PruningPlan } from '@espalier/network';
import { mask, prune } from '@espalier/surgery';
import type { JobContext, JobOutcome } from '../context.ts';
import { checkFit } from '../fit.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { costOf } from './analyse.ts';
import { measure } from './evaluate.ts';
import { readInput, readNetworkFile, writeNetworkFile } from './files.ts';

const comparedImages = 64;
/** The two networks add the same numbers in another order: their logits may differ by rounding, relative to the largest of them. */
const tolerance = 1e-4;

/**
 * Cuts the network as the plan says, compares it on real pictures with the one whose removed channels are silenced, and measures it on the
 * test split before any retraining. Output: `network`.
 */
export async function runPrune(job: PruneJob, context: JobContext): Promise<JobOutcome> {
  context.progress('cutting');
  const { network, digest } = await readNetworkFile(job.networkPath);
  const plan = parsePlan(await readInput(job.planPath), job.planPath);
  if (plan.network !== digest) {
    throw new EspalierError('BAD_INPUT', `the plan ${job.planPath} was made for another network (${plan.network.slice(0, 12)}…)`, {
      hint: 'Analyse this very network first.',
      path: ['plan', 'network'],
    });
  }
  const dataset = await openDataset(job.dataset, { heard: context.reading });
  checkFit(network, dataset, 'network');
  const pruned = prune(network, plan);
  await context.breatheOrStop();
  context.progress('comparing with the masked network');
  const maskedDifference = await compare(pruned, mask(network, plan), dataset, context);
  await context.breatheOrStop();
  const output = await writeNetworkFile(job.workDirectory, pruned);
  const graph = readGraph(network.topology);
  return {
    result: {
      kind: 'prune',
      before: costOf(networkCost(graph)),
      after: costOf(networkCost(readGraph(pruned.topology))),
      maskedDifference,
      widths: layerWidths(graph, dependencyGroups(graph), plan),
      measurement: await measure('the pruned network', { network: pruned, bytes: output.bytes }, dataset, dataset.splits.test, context),
    },
    outputs: [output],
  };
}

function parsePlan(content: Buffer, file: string): PruningPlan {
  const hint = 'Analyse the network again.';
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw new EspalierError('BAD_ARTIFACT', `${file} is not JSON`, { hint, cause });
  }
  const plan = PruningPlanSchema.safeParse(json);
  if (!plan.success) throw badInput('BAD_ARTIFACT', 'pruning plan', plan.error, hint);
  return plan.data;
}

/** The largest difference of any logit. @throws EspalierError `SURGERY_DISAGREES` when it is more than rounding. */
async function compare(pruned: NetworkData, masked: NetworkData, dataset: Dataset, context: JobContext): Promise<number> {
  const { test } = dataset.splits;
  const split = { ...test, indices: test.indices.subarray(0, comparedImages) };
  const { value: batch } = await everyBatch(dataset, split, split.indices.length).next();
  const [prunedLogits, maskedLogits] = [pruned, masked].map((network) => {
    const forward = new ForwardPass({
      network,
      batchSize: split.indices.length,
      imageShape: dataset.shape,
      warn: (text) => context.warn(text),
    });
    try {
      return forward.run(batch!.images);
    } finally {
      forward.dispose();
    }
  });
  const difference = prunedLogits!.reduce((most, value, index) => Math.max(most, Math.abs(value - maskedLogits![index]!)), 0);
  const scale = maskedLogits!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // Written so that a NaN is refused as well.
  if (!(difference <= tolerance * scale)) {
    throw new EspalierError('SURGERY_DISAGREES', `the pruned network differs from the masked one by ${difference}`, {
      hint: 'This is a fault of Espalier: please report it with the network’s topology and the plan.',
    });
  }
  return difference;
}
