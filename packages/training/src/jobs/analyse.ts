import path from 'node:path';
import type { AnalyseJob, CostTarget, Digest, JobResult, NetworkCost, NetworkData } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { openDataset } from '@espalier/datasets';
import type { GroupWidths, PruningPlan } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { checkFit } from '../fit.ts';
import { listenTo, type Listener } from '../observe/collect.ts';
import { resolveTarget } from '../target/resolve.ts';
import { runSearch, type SteppedSearch } from '../search/run.ts';
import { readNetworkFile, writeOutput } from './files.ts';

/** What a plan is made from. */
export interface PlanInput extends Pick<AnalyseJob, 'method' | 'minimumChannels' | 'channelMultiple' | 'seed' | 'round'> {
  readonly network: NetworkData;
  readonly networkDigest: Digest;
  readonly target: CostTarget;
  /** Where the target fixes them. */
  readonly widths?: GroupWidths;
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
  /** The search by measured accuracy that the method's settings ask for, or null. */
  searchFor(input: ObservedInput): (SteppedSearch & { meaning(genome: readonly number[]): GenomeMeaning }) | null;
  planPruning(input: ObservedInput & GenomeMeaning): Pick<AnalyseResult, 'before' | 'predicted' | 'reachedRatio'> & {
    readonly plan: PruningPlan;
    readonly groups: readonly Readonly<Group>[];
  };
}

type ObservedInput = PlanInput & { readonly statistics?: ReadonlyMap<string, LayerStatistic> };
/** What a genome changes of the request for a plan. */
interface GenomeMeaning {
  readonly widths?: GroupWidths;
  readonly method?: PlanInput['method'];
}

/** Scores the channels and chooses which to keep; nothing is cut yet. Output: `plan`. */
export async function runAnalyse(job: AnalyseJob, context: JobContext, planner: Planner): Promise<JobOutcome> {
  const { network, digest } = await readNetworkFile(job.networkPath);
  const { method, minimumChannels, channelMultiple, seed, round } = job;
  const { asked, ...resolved } = await resolveTarget(job.target, network, job, context);
  const input = { network, networkDigest: digest, method, ...resolved, minimumChannels, channelMultiple, seed, round };
  const observed = { ...input, ...(await gather(input, job, context, planner)) };
  // Widths that the target fixes leave nothing to search for.
  const found = resolved.widths === undefined ? await search(observed, job, context, planner) : null;
  context.progress('scoring channels');
  const { plan, before, predicted, reachedRatio, groups } = planner.planPruning({ ...observed, ...found?.meaning });
  await context.breatheOrStop();
  const output = await writeOutput(job.workDirectory, {
    name: 'plan',
    fileName: 'plan.json',
    kind: 'pruning-plan',
    content: Buffer.from(
      `${JSON.stringify(withSearch(asked === undefined ? plan : { ...plan, provenance: { ...plan.provenance, asked } }, found), null, 1)}\n`,
    ),
  });
  const share = (measure: 'macs' | 'parameters'): string => `${((100 * predicted[measure]) / before[measure]).toFixed(1)} %`;
  context.info(`${method.name} keeps ${share('macs')} of the MACs and ${share('parameters')} of the parameters`);
  return {
    result: {
      kind: 'analyse',
      before: costOf(before),
      predicted: costOf(predicted),
      reachedRatio: asked?.reachedRatio ?? reachedRatio,
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
  const dataset = await openDataset(location, { heard: context.reading });
  checkFit(input.network, dataset, 'network');
  await listenTo(input.network, dataset, collector, context);
  return { statistics: collector.finish() };
}

interface FoundBySearch {
  readonly name: string;
  readonly fitness: number | null;
  readonly evaluations: number;
  readonly meaning: GenomeMeaning;
}

async function search(input: ObservedInput, job: AnalyseJob, context: JobContext, planner: Planner): Promise<FoundBySearch | null> {
  const asked = planner.searchFor(input);
  if (asked === null) return null;
  const dataset = await openDataset(job.dataset, { heard: context.reading });
  checkFit(input.network, dataset, 'network');
  const { method, target, minimumChannels, channelMultiple, seed, round, networkDigest } = input;
  const outcome = await runSearch(
    {
      search: asked,
      network: input.network,
      dataset,
      planOf: (genome) => planner.planPruning({ ...input, ...asked.meaning(genome) }).plan,
      seed,
      folder: path.join(job.workDirectory, 'search'),
      identity: digestOf(JSON.stringify([method, target, minimumChannels, channelMultiple, seed, round, networkDigest, dataset.digest])),
      series: `search/${round}`,
    },
    context,
  );
  return { name: asked.name, fitness: outcome.fitness, evaluations: outcome.evaluations, meaning: asked.meaning(outcome.genome) };
}

/** The plan says how its widths or settings were found. */
const withSearch = (plan: PruningPlan, found: FoundBySearch | null): PruningPlan =>
  found === null
    ? plan
    : {
        ...plan,
        provenance: { ...plan.provenance, search: { algorithm: found.name, fitness: found.fitness, evaluations: found.evaluations } },
      };

/** Only what a message carries. */
export const costOf = ({ parameters, macs }: NetworkCost): NetworkCost => ({ parameters, macs });
