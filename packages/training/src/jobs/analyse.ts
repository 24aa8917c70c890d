import type { AnalyseJob, Digest, JobResult, NetworkCost, NetworkData } from '@espalier/core';
import { openDataset } from '@espalier/datasets';
import type { PruningPlan } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { checkFit } from '../fit.ts';
import { listenTo, type Listener } from '../observe/collect.ts';
import { readNetworkFile, writeOutput } from './files.ts';

/** What a plan is made from. */
export interface PlanInput extends Pick<AnalyseJob, 'method' | 'target' | 'minimumChannels' | 'channelMultiple' | 'seed' | 'round'> {
  readonly network: NetworkData;
  readonly networkDigest: Digest;
}

type AnalyseResult = Extract<JobResult, { kind: 'analyse' }>;
type Group = AnalyseResult['groups'][number];

/** What was seen of one layer while pictures went through it: [channels, length], row-major. */
export interface LayerStatistic {
  readonly layer: string;
  readonly channels: number;
  readonly length: number;
  readonly values: Float32Array | Float64Array;
}

/** Listens, and has something to say in the end. */
export type Collector = Listener & { finish(): ReadonlyMap<string, LayerStatistic> };

/** Makes plans. The methods live above this package and are handed in, so that they know nothing of jobs. */
export interface Planner {
  /** What has to be gathered before there can be a plan; null where the weights are enough. */
  collectorFor(input: PlanInput): Collector | null;
  planPruning(input: PlanInput & { readonly statistics?: ReadonlyMap<string, LayerStatistic> }): Pick<
    AnalyseResult,
    'before' | 'predicted' | 'reachedRatio'
  > & {
    readonly plan: PruningPlan;
    readonly groups: readonly Readonly<Group>[];
  };
}

/** Scores the channels and chooses which to keep; nothing is cut yet. Output: `plan`. */
export async function runAnalyse(job: AnalyseJob, context: JobContext, planner: Planner): Promise<JobOutcome> {
  const { network, digest } = await readNetworkFile(job.networkPath);
  const { method, target, minimumChannels, channelMultiple, seed, round } = job;
  const input = { network, networkDigest: digest, method, target, minimumChannels, channelMultiple, seed, round };
  const statistics = await gather(input, job, context, planner);
  context.progress('scoring channels');
  const { plan, before, predicted, reachedRatio, groups } = planner.planPruning({ ...input, ...statistics });
  await context.breatheOrStop();
  const output = await writeOutput(job.workDirectory, {
    name: 'plan',
    fileName: 'plan.json',
    kind: 'pruning-plan',
    content: Buffer.from(`${JSON.stringify(plan, null, 1)}\n`),
  });
  const share = (measure: 'macs' | 'parameters'): string => `${((100 * predicted[measure]) / before[measure]).toFixed(1)} %`;
  context.info(`${method.name} keeps ${share('macs')} of the MACs and ${share('parameters')} of the parameters`);
  return {
    result: {
      kind: 'analyse',
      before: costOf(before),
      predicted: costOf(predicted),
      reachedRatio,
      groups: groups.map((group) => ({ ...group })),
    },
    outputs: [output],
  };
}

async function gather(
  input: PlanInput,
  { dataset: location }: AnalyseJob,
  context: JobContext,
  planner: Planner,
): Promise<{ statistics?: ReadonlyMap<string, LayerStatistic> }> {
  const collector = planner.collectorFor(input);
  if (collector === null) return {};
  context.progress('preparing');
  const dataset = await openDataset(location);
  checkFit(input.network, dataset, 'network');
  await listenTo(input.network, dataset, collector, context);
  return { statistics: collector.finish() };
}

/** Only what a message carries. */
export const costOf = ({ parameters, macs }: NetworkCost): NetworkCost => ({ parameters, macs });
