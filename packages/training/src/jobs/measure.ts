import { EspalierError, type Measurement, type SplitName } from '@espalier/core';
import { networkCost, readGraph } from '@espalier/network';
import type { JobContext } from '../context.ts';
import { DetectionEvaluation } from '../detection/evaluate/evaluation.ts';
import { sceneBatchSize } from '../detection/scenes.ts';
import { Evaluation, evaluationBatchSize } from '../measure/evaluate.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { costOf } from './analyse.ts';
import type { NetworkFile } from './files.ts';
import type { OpenedDataset } from './opened.ts';

/**
 * What one network is worth on one split, by the measures of what the dataset is for, and what it costs.
 * @param name of the network, as people know it.
 * @throws EspalierError `BAD_DATASET` for a split with nothing to judge by, `LOSS_NOT_FINITE` for a network that gives no numbers; JobStopped.
 */
export async function measure(
  name: string,
  { network, bytes }: Pick<NetworkFile, 'network' | 'bytes'>,
  opened: OpenedDataset,
  splitName: SplitName,
  context: JobContext,
): Promise<Measurement> {
  const total = opened.dataset.splits[splitName].indices.length;
  if (total === 0) throw new EspalierError('BAD_DATASET', `the ${splitName} split is empty`, { hint: 'Measure on another split.' });
  const forward = new ForwardPass({
    network,
    batchSize: batchSizeOf(opened, splitName),
    imageShape: opened.dataset.shape,
    warn: (text) => context.warn(text),
  });
  try {
    const costs = { split: splitName, ...costOf(networkCost(readGraph(network.topology))), bytes };
    if (opened.kind === 'classification') {
      const evaluation = new Evaluation(forward, opened.dataset, opened.dataset.splits[splitName]);
      await toTheEnd(evaluation, name, total, context);
      const score = evaluation.score();
      if (!Number.isFinite(score.loss)) throw notFinite(name);
      return { ...score, ...costs };
    }
    const evaluation = new DetectionEvaluation(forward, network, opened.dataset, opened.dataset.splits[splitName]);
    await toTheEnd(evaluation, name, total, context);
    const { meanAveragePrecision, isFinite, ...score } = evaluation.score();
    if (!isFinite) throw notFinite(name);
    if (meanAveragePrecision === null) throw nothingToFind(splitName);
    return { ...score, meanAveragePrecision, ...costs };
  } finally {
    forward.dispose();
  }
}

/** Detectors have large maps, and go through with fewer pictures at once. */
const batchSizeOf = (opened: OpenedDataset, name: SplitName): number =>
  opened.kind === 'detection' ? sceneBatchSize(opened.dataset.splits[name]) : evaluationBatchSize(opened.dataset.splits[name]);

async function toTheEnd(
  evaluation: { readonly examples: number; advance(): Promise<boolean> },
  name: string,
  total: number,
  context: JobContext,
): Promise<void> {
  const startMs = context.now();
  do {
    const { examples } = evaluation;
    const seconds = (context.now() - startMs) / 1000;
    context.progress(`evaluating ${name}`, () => ({
      step: examples,
      steps: total,
      ...(examples > 0 && seconds > 0
        ? { imagesPerSecond: examples / seconds, secondsLeft: ((total - examples) * seconds) / examples }
        : {}),
    }));
    await context.breatheOrStop();
  } while (await evaluation.advance());
}

const notFinite = (name: string): EspalierError =>
  new EspalierError('LOSS_NOT_FINITE', `the network ${name} gives outputs that are not finite`, {
    hint: 'Look for weights that are too large; a training at a lower rate may help.',
    path: [name],
  });

const nothingToFind = (split: string): EspalierError =>
  new EspalierError('BAD_DATASET', `no picture of the ${split} split has an object that counts`, {
    hint: 'Objects that are marked as difficult do not count. Measure on another split, or annotate some.',
    path: ['dataset'],
  });
