import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import {
  remainderOf,
  targetOfRound,
  type CompressionRecipe,
  type DatasetLocation,
  type Digest,
  type JobResult,
  type OutputFile,
  type Remainder,
} from '@espalier/core';
import { inspectDataset } from '@espalier/datasets';
import { dependencyGroups, readGraph, uniformWidths } from '@espalier/network';
import { collectorFor, completeMethodChoice, planPruning, searchFor } from '@espalier/pruning';
import { checkFitOf, runAnalyse, runEvaluate, runPrune, runTrain } from '@espalier/training';
import type { LocalMachine } from '../local-job.ts';
import { readTrained } from '../networks/trained.ts';
import { Stages, type DoneStage } from './stages.ts';

export interface Compression {
  /** The trained network's file or folder. */
  readonly network: string;
  readonly dataset: DatasetLocation;
  readonly recipe: CompressionRecipe;
  /** Each stage works in a folder of its own in here; the small network is `network.zip`. */
  readonly folder: string;
  /** Whether to go on with what lies in the folder. */
  readonly resume: boolean;
  /** Whether the evaluation takes the time of a forward pass. */
  readonly latency: boolean;
}

export interface Compressed {
  readonly network: OutputFile;
  readonly original: Digest;
  readonly dataset: Digest;
  readonly stages: readonly DoneStage[];
  /** The plan of each round, the first one first. */
  readonly plans: readonly OutputFile[];
}

/** The pipeline of a compression run, stage by stage as the portal runs it, with the same seeds: the same recipe gives the same bytes. */
export async function compress(
  { network, dataset, recipe, folder, resume, latency }: Compression,
  machine: LocalMachine,
): Promise<Compressed> {
  const [{ network: data, digest: original }, summary] = await Promise.all([readTrained(network), inspectDataset(dataset)]);
  const datasetDigest = summary.digest;
  const { method, minimumChannels, channelMultiple, retraining: settings } = recipe;
  // What can be known to be wrong, before a stage has begun or a round has cost anything.
  completeMethodChoice(method);
  checkFitOf(data, dataset, summary, 'network');
  const graph = readGraph(data.topology);
  const { target: whole } = recipe;
  if (whole.measure === 'macs' || whole.measure === 'parameters')
    uniformWidths(graph, dependencyGroups(graph), { ...whole, minimumChannels, channelMultiple });
  const stages = await Stages.in(folder, { seed: recipe.seed, resume }, machine);
  const plans: OutputFile[] = [];
  const remainders: Remainder[] = [];
  let current = { path: network, digest: original };

  for (let round = 1; round <= recipe.rounds; round++) {
    const given = current;
    const target = targetOfRound(recipe.target, recipe.rounds, remainders);
    const analysis = { method, target, minimumChannels, channelMultiple };
    const { outputs: planned } = await stages.do({
      stage: { name: 'analyse', round },
      decidedBy: { ...analysis, network: given.digest, dataset: datasetDigest },
      run: (base, context) =>
        runAnalyse({ ...base, ...analysis, kind: 'analyse', dataset, networkPath: given.path, round }, context, {
          collectorFor,
          planPruning,
          searchFor,
        }),
    });
    // A later round may find nothing more to remove, or have nothing left to. What it would have retrained is the network that there is.
    if (planned.length === 0) break;
    const plan = only(planned);
    plans.push(plan);
    remainders.push(remainderOf(findingOf({ stages: stages.done }, 'analyse')));

    const { outputs: cut } = await stages.do({
      stage: { name: 'prune', round },
      decidedBy: { network: given.digest, plan: plan.digest, dataset: datasetDigest },
      run: (base, context) => runPrune({ ...base, kind: 'prune', dataset, networkPath: given.path, planPath: plan.path }, context),
    });
    const pruned = only(cut);

    const distillation = recipe.distillation === null ? null : { teacherPath: network, settings: recipe.distillation };
    const { outputs: retrained } = await stages.do({
      stage: { name: 'retrain', round },
      decidedBy: {
        settings,
        network: pruned.digest,
        dataset: datasetDigest,
        distillation: recipe.distillation === null ? null : { teacher: original, settings: recipe.distillation },
      },
      run: (base, context) =>
        runTrain(
          {
            ...base,
            kind: 'train',
            dataset,
            network: { from: 'file', path: pruned.path },
            settings,
            distillation,
            series: `retrain/${round}`,
            checkpointEverySeconds: 20,
            resumeFrom: null,
          },
          context,
        ),
    });
    current = only(retrained);
  }

  const networks = [
    { name: 'before', path: network },
    { name: 'after', path: current.path },
  ];
  await stages.do({
    stage: { name: 'evaluate', round: 0 },
    decidedBy: { networks: [original, current.digest], dataset: datasetDigest, latency },
    run: (base, context) => runEvaluate({ ...base, kind: 'evaluate', dataset, networks, split: 'test', latency }, context),
  });
  const kept = path.join(folder, 'network.zip');
  await copyFile(current.path, kept);
  const { outputs } = stages.done.findLast(({ stage }) => stage.name === 'retrain')!;
  return { network: { ...only(outputs), path: kept }, original, dataset: datasetDigest, stages: stages.done, plans };
}

/** The one file that a stage makes. */
function only([output]: readonly OutputFile[]): OutputFile {
  if (output === undefined) throw new Error('a stage that makes a file has made none');
  return output;
}

/** What the last stage of a kind found. */
export function findingOf<Kind extends JobResult['kind']>(
  { stages }: Pick<Compressed, 'stages'>,
  kind: Kind,
): Extract<JobResult, { kind: Kind }> {
  const found = stages.findLast(({ result }) => result.kind === kind)?.result;
  if (found === undefined) throw new Error(`no stage of the kind ${kind} was done`);
  return found as Extract<JobResult, { kind: Kind }>;
}
