import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  seedOfStage,
  targetOfRound,
  type CompressionRecipe,
  type DatasetLocation,
  type JobResult,
  type Measurement,
  type OutputFile,
  type StageKey,
} from '@espalier/core';
import { planPruning } from '@espalier/pruning';
import { runAnalyse, runEvaluate, runPrune, runTrain, type JobOutcome } from '@espalier/training';
import type { LocalMachine } from './local-job.ts';

export interface Compression {
  /** The trained network's file. */
  readonly network: string;
  readonly dataset: DatasetLocation;
  readonly recipe: CompressionRecipe;
  /** Each stage works in a folder of its own in here. */
  readonly folder: string;
}

export interface CompressionResult {
  readonly recipe: CompressionRecipe;
  readonly stages: readonly { readonly stage: StageKey; readonly result: JobResult }[];
  /** `before` and `after`, on the test split. */
  readonly measurements: Readonly<Record<string, Measurement>>;
  readonly network: OutputFile;
}

/** The pipeline of a compression run, stage by stage as the portal runs it, with the same seeds: the same recipe gives the same bytes. */
export async function compress(
  { network, dataset, recipe, folder }: Compression,
  { contextFor }: LocalMachine,
): Promise<CompressionResult> {
  const stages: { stage: StageKey; result: JobResult }[] = [];
  const begin = async (stage: StageKey) => {
    const name = stage.round === 0 ? stage.name : `${stage.name}-${stage.round}`;
    const workDirectory = path.join(folder, name);
    await mkdir(workDirectory, { recursive: true });
    return { base: { workDirectory, seed: seedOfStage(recipe.seed, stage), dataset }, context: contextFor(name) };
  };
  const finish = (stage: StageKey, { result, outputs }: JobOutcome): OutputFile | undefined => {
    stages.push({ stage, result });
    return outputs[0];
  };

  let current = network;
  for (let round = 1; round <= recipe.rounds; round++) {
    const analysing = await begin({ name: 'analyse', round });
    const { method, minimumChannels, channelMultiple } = recipe;
    const target = targetOfRound(recipe.target, recipe.rounds);
    const analysis = await runAnalyse(
      { ...analysing.base, kind: 'analyse', networkPath: current, method, target, minimumChannels, channelMultiple, round },
      analysing.context,
      planPruning,
    );
    const plan = finish({ name: 'analyse', round }, analysis)!;

    const pruning = await begin({ name: 'prune', round });
    const pruned = finish(
      { name: 'prune', round },
      await runPrune({ ...pruning.base, kind: 'prune', networkPath: current, planPath: plan.path }, pruning.context),
    )!;

    const retraining = await begin({ name: 'retrain', round });
    const distillation = recipe.distillation === null ? null : { teacherPath: network, settings: recipe.distillation };
    const retrained = await runTrain(
      {
        ...retraining.base,
        kind: 'train',
        network: { from: 'file', path: pruned.path },
        settings: recipe.retraining,
        distillation,
        series: `retrain/${round}`,
        checkpointEverySeconds: 20,
        resumeFrom: null,
      },
      retraining.context,
    );
    current = finish({ name: 'retrain', round }, retrained)!.path;
  }

  const evaluating = await begin({ name: 'evaluate', round: 0 });
  const networks = [
    { name: 'before', path: network },
    { name: 'after', path: current },
  ];
  const evaluation = await runEvaluate(
    { ...evaluating.base, kind: 'evaluate', networks, split: 'test', latency: true },
    evaluating.context,
  );
  finish({ name: 'evaluate', round: 0 }, evaluation);
  if (evaluation.result.kind !== 'evaluate') throw new Error('an evaluation has found something else');
  const kept = path.join(folder, 'network.zip');
  await copyFile(current, kept);
  return { recipe, stages, measurements: evaluation.result.measurements, network: await describeNetwork(kept) };
}

async function describeNetwork(file: string): Promise<OutputFile> {
  const { readNetworkFile } = await import('@espalier/training');
  const { digest, bytes } = await readNetworkFile(file);
  return { name: 'network', path: file, kind: 'network', digest, bytes };
}
