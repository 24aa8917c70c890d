import type { AnalyseJob, Digest, JobResult, NetworkCost, NetworkData } from '@espalier/core';
import type { PruningPlan } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { readNetworkFile, writeOutput } from './files.ts';

/** What a plan is made from. */
export interface PlanInput extends Pick<AnalyseJob, 'method' | 'target' | 'minimumChannels' | 'channelMultiple' | 'seed' | 'round'> {
  readonly network: NetworkData;
  readonly networkDigest: Digest;
}

type AnalyseResult = Extract<JobResult, { kind: 'analyse' }>;
type Group = AnalyseResult['groups'][number];

/** Makes a plan. The methods live above this package and are handed in, so that they know nothing of jobs. */
export type Planner = (input: PlanInput) => Pick<AnalyseResult, 'before' | 'predicted' | 'reachedRatio'> & {
  readonly plan: PruningPlan;
  readonly groups: readonly Readonly<Group>[];
};

/** Scores the channels and chooses which to keep; nothing is cut yet. Output: `plan`. */
export async function runAnalyse(job: AnalyseJob, context: JobContext, planner: Planner): Promise<JobOutcome> {
  context.progress('scoring channels');
  const { network, digest } = await readNetworkFile(job.networkPath);
  const { method, target, minimumChannels, channelMultiple, seed, round } = job;
  const { plan, before, predicted, reachedRatio, groups } = planner({
    network,
    networkDigest: digest,
    method,
    target,
    minimumChannels,
    channelMultiple,
    seed,
    round,
  });
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

/** Only what a message carries. */
export const costOf = ({ parameters, macs }: NetworkCost): NetworkCost => ({ parameters, macs });
