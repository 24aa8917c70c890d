import { EspalierError, type EvaluateJob, type LayerSummary, type Measurement } from '@espalier/core';
import { openDataset, type Dataset, type Split } from '@espalier/datasets';
import { layerCosts, networkCost, readGraph } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { checkFit } from '../fit.ts';
import { Evaluation, evaluationBatchSize } from '../measure/evaluate.ts';
import { measureLatency } from '../measure/latency.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { costOf } from './analyse.ts';
import { readNetworkFile, type NetworkFile } from './files.ts';

/**
 * Measures networks on one split with the same code; their latencies in turn. A job that asks for `training` or `validation` gets them as
 * they are with the default share held out.
 */
export async function runEvaluate(job: EvaluateJob, context: JobContext): Promise<JobOutcome> {
  context.progress('preparing');
  const dataset = await openDataset(job.dataset, { heard: context.reading });
  const files = await Promise.all(job.networks.map(async ({ name, path }) => ({ name, file: await readNetworkFile(path) })));
  const measurements: Record<string, Measurement> = {};
  const layers: Record<string, LayerSummary[]> = {};
  for (const { name, file } of files) {
    checkFit(file.network, dataset, name);
    measurements[name] = await measure(name, file, dataset, dataset.splits[job.split], context);
    layers[name] = layerCosts(readGraph(file.network.topology)).map(({ layer, type, outputShape, parameters, macs }) => ({
      name: layer,
      type,
      outputShape: [...outputShape],
      parameters,
      macs,
    }));
  }
  if (job.latency) await addLatency(measurements, files, context);
  return { result: { kind: 'evaluate', measurements, layers }, outputs: [] };
}

/** Accuracy, loss and cost of one network on one split. */
export async function measure(
  name: string,
  { network, bytes }: Pick<NetworkFile, 'network' | 'bytes'>,
  dataset: Dataset,
  split: Split,
  context: JobContext,
): Promise<Measurement> {
  if (split.indices.length === 0) {
    throw new EspalierError('BAD_DATASET', `the ${split.name} split is empty`, { hint: 'Measure on another split.' });
  }
  const forward = new ForwardPass({
    network,
    batchSize: evaluationBatchSize(split),
    imageShape: dataset.shape,
    warn: (text) => context.warn(text),
  });
  try {
    const evaluation = new Evaluation(forward, dataset, split);
    const startMs = context.now();
    do {
      const { examples } = evaluation;
      const seconds = (context.now() - startMs) / 1000;
      context.progress(`evaluating ${name}`, () => ({
        step: examples,
        steps: split.indices.length,
        ...(examples > 0 && seconds > 0
          ? { imagesPerSecond: examples / seconds, secondsLeft: ((split.indices.length - examples) * seconds) / examples }
          : {}),
      }));
      await context.breatheOrStop();
    } while (await evaluation.advance());
    const { examples, accuracy, loss } = evaluation.score();
    if (!Number.isFinite(loss)) {
      throw new EspalierError('LOSS_NOT_FINITE', `the network ${name} gives outputs that are not finite`, {
        hint: 'Look for weights that are too large; a training at a lower rate may help.',
        path: [name],
      });
    }
    return { split: split.name, examples, accuracy, loss, ...costOf(networkCost(readGraph(network.topology))), bytes };
  } finally {
    forward.dispose();
  }
}

async function addLatency(
  measurements: Record<string, Measurement>,
  files: readonly { readonly name: string; readonly file: NetworkFile }[],
  context: JobContext,
): Promise<void> {
  const networks = files.map(({ name, file }) => ({ name, network: file.network }));
  for (const [name, latency] of await measureLatency(networks, context)) measurements[name] = { ...measurements[name]!, latency };
}
