import { readFile } from 'node:fs/promises';
import { reachedRatio } from '@espalier/core';
import type {
  ClassificationMeasurement,
  CompressionRecipe,
  DetectionMeasurement,
  Digest,
  Measurement,
  OutputFile,
  Target,
} from '@espalier/core';
import { channelProvenance, PruningPlanSchema, readGraph, type ChannelProvenance, type PruningPlan } from '@espalier/network';
import { readNetworkFile } from '@espalier/training';
import { findingOf, type Compressed } from './pipeline.ts';

/** A network as the result shows it: on the test split, MACs of one image. */
export type Standing = ClassifierStanding | DetectorStanding;
export type ClassifierStanding = Omit<ClassificationMeasurement, 'split' | 'examples'>;
export type DetectorStanding = Omit<DetectionMeasurement, 'split' | 'examples'>;

/** `result.json`: what a compression made of a network. */
export interface CompressionResult {
  readonly method: CompressionRecipe['method'];
  readonly seed: number;
  readonly before: Standing;
  /** After the last cut, before retraining. */
  readonly afterPruning: Standing;
  readonly after: Standing;
  readonly target: Target;
  /** The share that is gone, of the target's measure; null where it was not measured. */
  readonly reached: { readonly measure: Target['measure']; readonly reductionRatio: number | null };
  /** Fewer are done than asked for where a later round found nothing more to remove, or less than its share: `ended` says why. */
  readonly rounds: { readonly asked: number; readonly done: number; readonly ended?: string };
  readonly groups: readonly { readonly group: string; readonly before: number; readonly after: number }[];
  readonly provenance: {
    readonly original: Digest;
    readonly dataset: Digest;
    readonly plans: readonly Digest[];
    /** The channel provenance, beside this file. */
    readonly channels: string;
  };
  readonly recipe: CompressionRecipe;
  readonly network: OutputFile;
}

export const provenanceFile = 'provenance.json';

export async function describeCompression(
  compressed: Compressed,
  network: string,
  recipe: CompressionRecipe,
): Promise<{ result: CompressionResult; provenance: ChannelProvenance }> {
  const { measurements } = findingOf(compressed, 'evaluate');
  const [before, after] = [standing(measurements.before!), standing(measurements.after!)];
  const plans = await Promise.all(compressed.plans.map(({ path }) => readPlan(path)));
  const provenance = channelProvenance(readGraph((await readNetworkFile(network)).network.topology), plans);
  const { measure } = recipe.target;
  return {
    provenance,
    result: {
      method: recipe.method,
      seed: recipe.seed,
      before,
      afterPruning: standing(findingOf(compressed, 'prune').measurement),
      after,
      target: recipe.target,
      reached: { measure, reductionRatio: reachedRatio(measure, before, after, channelsOfGroups(provenance)) },
      rounds: { asked: recipe.rounds, done: compressed.plans.length, ...endOfRounds(compressed) },
      groups: provenance.groups.map(({ group, before: channels, after: kept }) => ({ group, before: channels, after: kept })),
      provenance: {
        original: compressed.original,
        dataset: compressed.dataset,
        plans: compressed.plans.map(({ digest }) => digest),
        channels: provenanceFile,
      },
      recipe,
      network: compressed.network,
    },
  };
}

const endOfRounds = (compressed: Compressed): { ended?: string } => {
  const { nothingPruned } = findingOf(compressed, 'analyse');
  return nothingPruned === undefined ? {} : { ended: nothingPruned };
};

/** Of the groups that a plan looked at. */
function channelsOfGroups({ groups }: ChannelProvenance): { before: number; after: number } {
  const cut = groups.filter(({ channels }) => channels.some(({ sightings }) => sightings.length > 0));
  const sum = (side: 'before' | 'after'): number => cut.reduce((total, group) => total + group[side], 0);
  return { before: sum('before'), after: sum('after') };
}

const standing = ({ split: _split, examples: _examples, ...measured }: Measurement): Standing => measured;

const readPlan = async (file: string): Promise<PruningPlan> => PruningPlanSchema.parse(JSON.parse(await readFile(file, 'utf8')));
