import { badInput, CostTargetSchema, DigestSchema, EspalierError, FitnessSettingsSchema, MethodChoiceSchema } from '@espalier/core';
import type { AnalyseJob, Digest, JobResult, OutputFile } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { z } from 'zod';
import { readInput, writeOutput } from '../jobs/files.ts';
import { decodeStatistics, type ChannelStatistics } from '../observe/statistics-file.ts';
import type { ResolvedTarget } from '../target/resolve.ts';
import type { Genome, SearchRecord, SteppedSearch } from './driver.ts';

const count = z.number().int().nonnegative();

/** What a genome changes of the request for a plan: other widths, or the method with other settings. */
const MeaningSchema = z.strictObject({ widths: z.record(z.string(), count).optional(), method: MethodChoiceSchema.optional() });

const RequestSchema = z.object({
  networkDigest: DigestSchema,
  method: MethodChoiceSchema,
  target: CostTargetSchema,
  minimumChannels: z.number().int().positive(),
  channelMultiple: z.number().int().positive(),
  seed: count,
  round: z.number().int().positive(),
});

/**
 * A search at rest whose candidates are judged elsewhere: all that the jobs that judge them, and the one that goes on with it, need besides the network, the
 * dataset and what was seen of its pictures.
 */
const HandedOutSearchSchema = z.strictObject({
  version: z.literal(1),
  /** The digest of all that decides the search. */
  identity: DigestSchema,
  algorithm: z.string(),
  fitness: FitnessSettingsSchema,
  /** What plans are made from. A target that is measured is measured once, by the first of the jobs. */
  request: RequestSchema,
  asked: z
    .strictObject({ measure: z.enum(['macs', 'parameters', 'channels', 'latency']), reductionRatio: z.number(), reachedRatio: z.number() })
    .optional(),
  evaluations: count,
  /** Generations that are behind it. */
  generation: count,
  state: z.unknown(),
  /** In the search's order. */
  candidates: z.array(z.strictObject({ genome: z.array(z.number().int()), meaning: MeaningSchema })),
});
export type HandedOutSearch = z.infer<typeof HandedOutSearchSchema>;

/** A search with what its genomes mean for a plan. */
type MeaningfulSearch = SteppedSearch & { meaning(genome: Genome): z.infer<typeof MeaningSchema> };

/** Writes a search down for those who judge its `waiting` candidates, and says how it stands. */
export async function writeSearch(
  workDirectory: string,
  { search, identity, record, request, asked, waiting }: SearchToHandOut,
): Promise<{ output: OutputFile; result: JobResult }> {
  const generation = search.generation(record.state);
  const content: HandedOutSearch = {
    version: 1,
    identity,
    algorithm: search.name,
    fitness: search.fitness,
    request: RequestSchema.parse(request),
    asked,
    ...record,
    generation,
    candidates: waiting.map((genome) => ({ genome: [...genome], meaning: search.meaning(genome) })),
  };
  const bytes = Buffer.from(`${JSON.stringify(content)}\n`);
  const output = await writeOutput(workDirectory, { name: 'search', fileName: 'search.json', kind: 'search', content: bytes });
  const candidates = waiting.map((genome) => digestOf(JSON.stringify(genome)));
  return { output, result: { kind: 'search', algorithm: search.name, generation, evaluations: record.evaluations, candidates } };
}

interface SearchToHandOut {
  readonly search: MeaningfulSearch;
  readonly identity: Digest;
  readonly record: SearchRecord;
  /** At least what plans are made from; more is left out. */
  readonly request: z.input<typeof RequestSchema>;
  readonly asked: HandedOutSearch['asked'];
  readonly waiting: readonly Genome[];
}

/** @throws EspalierError `NOT_FOUND`, or `BAD_ARTIFACT` for a file that is no search, or that of another network. */
export async function readSearch(file: string, networkDigest: Digest): Promise<HandedOutSearch> {
  const hint = 'Analyse the network again.';
  let json: unknown;
  try {
    json = JSON.parse((await readInput(file)).toString('utf8'));
  } catch (cause) {
    if (cause instanceof EspalierError) throw cause;
    throw new EspalierError('BAD_ARTIFACT', `${file} is not JSON`, { hint, cause });
  }
  const search = HandedOutSearchSchema.safeParse(json);
  if (!search.success) throw badInput('BAD_ARTIFACT', `the search ${file}`, search.error, hint);
  if (search.data.request.networkDigest !== networkDigest)
    throw new EspalierError(
      'BAD_ARTIFACT',
      `the search ${file} is of another network (${search.data.request.networkDigest.slice(0, 12)}…)`,
      {
        hint,
        path: ['request', 'networkDigest'],
      },
    );
  return search.data;
}

/** A search whose candidates have been judged elsewhere, and what its first job had found out already. */
export interface JudgedSearch {
  readonly search: HandedOutSearch;
  readonly fitnesses: readonly number[];
  readonly resolved: ResolvedTarget;
  readonly statistics: ChannelStatistics | null;
}

/** @throws EspalierError as `readSearch` does, and `BAD_INPUT` for fitnesses that are not one for each candidate. */
export async function readJudged(
  { searchPath, statisticsPath, fitnesses }: NonNullable<AnalyseJob['judged']>,
  networkDigest: Digest,
): Promise<JudgedSearch> {
  const search = await readSearch(searchPath, networkDigest);
  if (fitnesses.length !== search.candidates.length)
    throw new EspalierError('BAD_INPUT', `the search has ${search.candidates.length} candidates, but ${fitnesses.length} were judged`, {
      hint: 'Give the fitness of each candidate, in the order of the search.',
      path: ['judged', 'fitnesses'],
    });
  const { request, asked } = search;
  return { search, fitnesses, resolved: { target: request.target, asked }, statistics: await readStatistics(statisticsPath) };
}

export const readStatistics = async (file: string | null): Promise<ChannelStatistics | null> =>
  file === null ? null : decodeStatistics(await readInput(file), file);
