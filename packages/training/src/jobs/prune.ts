import { EspalierError, type NetworkData, type PruneJob } from '@espalier/core';
import { dependencyGroups, layerWidths, networkCost, readGraph } from '@espalier/network';
import { mask, prune } from '@espalier/surgery';
import type { JobContext, JobOutcome } from '../context.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { costOf } from './analyse.ts';
import { readNetworkFile, writeNetworkFile } from './files.ts';
import { measure } from './measure.ts';
import { firstPictures, openFor, type OpenedDataset } from './opened.ts';
import { readPlanFile } from './plan-file.ts';

/** The maps of detectors are large. */
const comparedPictures = { classification: 64, detection: 4 } as const;
/** The two networks add the same numbers in another order: what they give out may differ by rounding, relative to the largest of them. */
const tolerance = 1e-4;

/**
 * Cuts the network as the plan says, compares it on real pictures with the one whose removed channels are silenced, and measures it on the
 * test split before any retraining. Output: `network`.
 */
export async function runPrune(job: PruneJob, context: JobContext): Promise<JobOutcome> {
  context.progress('cutting');
  const { network, digest } = await readNetworkFile(job.networkPath);
  const plan = await readPlanFile(job.planPath);
  if (plan.network !== digest) {
    throw new EspalierError('BAD_INPUT', `the plan ${job.planPath} was made for another network (${plan.network.slice(0, 12)}…)`, {
      hint: 'Analyse this very network first.',
      path: ['plan', 'network'],
    });
  }
  const opened = await openFor(network, job.dataset, 'network', context);
  const pruned = prune(network, plan);
  await context.breatheOrStop();
  context.progress('comparing with the masked network');
  const maskedDifference = await compare(pruned, mask(network, plan), opened, context);
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
      measurement: await measure('the pruned network', { network: pruned, bytes: output.bytes }, opened, 'test', context),
    },
    outputs: [output],
  };
}

/** The largest difference of any number that the networks give out. @throws EspalierError `SURGERY_DISAGREES` when it is more than rounding. */
async function compare(pruned: NetworkData, masked: NetworkData, opened: OpenedDataset, context: JobContext): Promise<number> {
  const { images, size } = await firstPictures(opened, 'test', comparedPictures[opened.kind]);
  const [ofPruned, ofMasked] = [pruned, masked].map((network) => {
    const forward = new ForwardPass({
      network,
      batchSize: size,
      imageShape: opened.dataset.shape,
      warn: (text) => context.warn(text),
    });
    try {
      return forward.runAll(images);
    } finally {
      forward.dispose();
    }
  });
  return Math.max(...ofPruned!.map((output, place) => differenceOf(output, ofMasked![place]!)));
}

/** Each output by itself: the logits and the offsets of a detector are numbers of different sizes. */
function differenceOf(pruned: Float32Array, masked: Float32Array): number {
  const difference = pruned.reduce((most, value, index) => Math.max(most, Math.abs(value - masked[index]!)), 0);
  const scale = masked.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // Written so that a NaN is refused as well.
  if (difference <= tolerance * scale) return difference;
  throw new EspalierError('SURGERY_DISAGREES', `the pruned network differs from the masked one by ${difference}`, {
    hint: 'This is a fault of Espalier: please report it with the network’s topology and the plan.',
  });
}
