import path from 'node:path';
import {
  datasetKinds,
  EspalierError,
  removesTooLittle,
  type AnalyseJob,
  type CostTarget,
  type DatasetKind,
  type Digest,
  type JobResult,
  type NetworkCost,
  type NetworkData,
  type OutputFile,
  type Target,
} from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import type { GroupWidths, PruningPlan } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { listenTo, type Listener } from '../observe/collect.ts';
import { encodeStatistics, type ChannelStatistics } from '../observe/statistics-file.ts';
import { resolveTarget } from '../target/resolve.ts';
import { planOfCandidate } from '../search/candidate.ts';
import { fitnessMeasure, seriesOfSearch, tellInOrder, type Genome, type SearchRecord, type SteppedSearch } from '../search/driver.ts';
import { readJudged, writeSearch, type JudgedSearch } from '../search/handed-out.ts';
import { runSearch } from '../search/run.ts';
import { readNetworkFile, writeOutput } from './files.ts';
import { nothingPruned } from './nothing-pruned.ts';
import { openFor, type OpenedDataset } from './opened.ts';

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

/** Listens, and has something to say in the end. */
export type Collector = Listener & { finish(): ChannelStatistics };

/** Makes plans. The methods live above this package and are handed in, so that they know nothing of jobs. */
export interface Planner {
  /** What has to be gathered before there can be a plan; null where the weights are enough. */
  collectorFor(input: PlanInput): Collector | null;
  /** The search by measured accuracy that the method's settings ask for, or null. */
  searchFor(input: ObservedInput): AskedSearch | null;
  planPruning(input: ObservedInput & GenomeMeaning): Pick<AnalyseResult, 'before' | 'predicted' | 'reachedRatio'> & {
    readonly plan: PruningPlan;
    readonly groups: readonly Readonly<Group>[];
  };
}

type AskedSearch = SteppedSearch & { meaning(genome: Genome): GenomeMeaning };
type ObservedInput = PlanInput & { readonly statistics?: ChannelStatistics };
/** What a genome changes of the request for a plan. */
export interface GenomeMeaning {
  readonly widths?: GroupWidths;
  readonly method?: PlanInput['method'];
}

/**
 * Scores the channels and chooses which to keep; nothing is cut yet. Output: `plan`. Where a search is to be handed out and has candidates that nobody has judged,
 * the outputs are `search` and, from the first job of a search, `statistics`, if the method looks at pictures. A later round that finds nothing more to remove,
 * or less than its share, or that has nothing left to remove of what was asked for, has no output and ends the rounds: what those before have learnt is kept, and
 * the share that is reached stands beside the one that was asked for. @throws EspalierError NOTHING_PRUNED, TARGET_OUT_OF_REACH in the first round, which loses nothing.
 */
export async function runAnalyse(job: AnalyseJob, context: JobContext, planner: Planner): Promise<JobOutcome> {
  const { target } = job;
  if (target === null) return nothingPruned(job, nothingToGo(), context);
  try {
    return await analyse(job, target, context, planner);
  } catch (error) {
    if (job.round === 1 || !removesTooLittle(error)) throw error;
    return nothingPruned(job, error, context);
  }
}

const nothingToGo = (): EspalierError => new EspalierError('NOTHING_PRUNED', 'the rounds before it have removed all that was asked for');

async function analyse(job: AnalyseJob, target: Target, context: JobContext, planner: Planner): Promise<JobOutcome> {
  const { network, digest: networkDigest } = await readNetworkFile(job.networkPath);
  const { method, minimumChannels, channelMultiple, seed, round } = job;
  const judged = job.judged === undefined ? null : await readJudged(job.judged, networkDigest);
  const { asked, ...resolved } = judged?.resolved ?? (await resolveTarget(target, network, job, context));
  const input = { network, networkDigest, method, ...resolved, minimumChannels, channelMultiple, seed, round };
  const open = opener(input, job, context);
  const statistics = judged === null ? await gather(input, open, context, planner) : judged.statistics;
  const observed = { ...input, ...(statistics === null ? {} : { statistics }) };
  // Widths that the target fixes leave nothing to search for.
  const search = resolved.widths === undefined ? planner.searchFor(observed) : null;
  const searched = search === null ? null : { search, ...(await takeSearch(search, { job, observed, judged, open, context, planner })) };
  const waiting = searched?.search.candidates(searched.record.state) ?? [];
  if (searched !== null && waiting.length > 0) {
    const file = await writeSearch(job.workDirectory, { ...searched, request: input, asked, waiting });
    return { result: file.result, outputs: [file.output, ...(judged === null ? await keptStatistics(job, statistics) : [])] };
  }
  const found = searched === null ? null : foundBy(searched, datasetKinds[job.dataset.format]);
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

type Opener = () => Promise<OpenedDataset>;

/** Opens the job's dataset when it is first asked for; a job that needs no pictures does not read it. */
function opener({ network }: PlanInput, { dataset: location }: AnalyseJob, context: JobContext): Opener {
  let opened: Promise<OpenedDataset> | undefined;
  return () => {
    context.progress('preparing');
    return (opened ??= openFor(network, location, 'network', context));
  };
}

async function gather(input: PlanInput, open: Opener, context: JobContext, planner: Planner): Promise<ChannelStatistics | null> {
  const collector = planner.collectorFor(input);
  if (collector === null) return null;
  const { dataset } = await open();
  await listenTo(input.network, dataset, collector, context);
  return collector.finish();
}

async function keptStatistics({ workDirectory }: AnalyseJob, statistics: ChannelStatistics | null): Promise<OutputFile[]> {
  if (statistics === null) return [];
  const content = encodeStatistics(statistics);
  return [await writeOutput(workDirectory, { name: 'statistics', fileName: 'statistics', kind: 'channel-statistics', content })];
}

interface SearchSurroundings {
  readonly job: AnalyseJob;
  readonly observed: ObservedInput;
  readonly judged: JudgedSearch | null;
  readonly open: Opener;
  readonly context: JobContext;
  readonly planner: Planner;
}

interface TakenSearch {
  readonly identity: Digest;
  readonly record: SearchRecord;
}

/** Takes a search as far as this job can: to its end, or to the next candidates that are judged elsewhere. */
async function takeSearch(
  search: AskedSearch,
  { job, observed, judged, open, context, planner }: SearchSurroundings,
): Promise<TakenSearch> {
  const series = seriesOfSearch(job.round);
  const kind = datasetKinds[job.dataset.format];
  if (judged !== null) {
    const { identity, evaluations, state } = judged.search;
    const { record, points, lines } = tellInOrder(search, { evaluations, state: search.restore(state) }, judged.fitnesses, {
      kind,
      series,
    });
    context.metrics([...points]);
    for (const line of lines) context.info(line);
    return { identity, record };
  }
  const { dataset } = await open();
  const { network, method, target, minimumChannels, channelMultiple, seed, round, networkDigest } = observed;
  const identity = digestOf(JSON.stringify([method, target, minimumChannels, channelMultiple, seed, round, networkDigest, dataset.digest]));
  if (job.candidates === 'elsewhere') return { identity, record: { evaluations: 0, state: search.start(seed) } };
  const planOf = (genome: Genome) => planOfCandidate(() => planner.planPruning({ ...observed, ...search.meaning(genome) }).plan);
  const folder = path.join(job.workDirectory, 'search');
  return { identity, record: await runSearch({ search, network, dataset, planOf, seed, folder, identity, series }, context) };
}

interface FoundBySearch {
  readonly name: string;
  readonly measure: string;
  readonly fitness: number | null;
  readonly evaluations: number;
  readonly meaning: GenomeMeaning;
}

function foundBy({ search, record: { evaluations, state } }: TakenSearch & { search: AskedSearch }, kind: DatasetKind): FoundBySearch {
  const { genome, fitness } = search.best(state);
  const { measure } = fitnessMeasure(kind, search.fitness);
  return { name: search.name, measure, fitness, evaluations, meaning: search.meaning(genome) };
}

/** The plan says how its widths or settings were found. */
function withSearch(plan: PruningPlan, found: FoundBySearch | null): PruningPlan {
  if (found === null) return plan;
  const { name: algorithm, measure, fitness, evaluations } = found;
  return { ...plan, provenance: { ...plan.provenance, search: { algorithm, measure, fitness, evaluations } } };
}

/** Only what a message carries. */
export const costOf = ({ parameters, macs }: NetworkCost): NetworkCost => ({ parameters, macs });
