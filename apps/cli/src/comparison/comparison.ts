import path from 'node:path';
import {
  EspalierError,
  removesTooLittle,
  type CostTarget,
  type DatasetLocation,
  type DistillationSettings,
  type MethodChoice,
  type TrainingSettings,
} from '@espalier/core';
import { compress } from '../compress/pipeline.ts';
import { describeCompression, type ClassifierStanding, type Standing } from '../compress/result.ts';
import type { LocalMachine } from '../local-job.ts';

/** Every method at every target with every seed, all retrained alike. */
export interface Comparison {
  /** Trained networks by the name under which the tables show them. */
  readonly networks: readonly { readonly name: string; readonly path: string }[];
  readonly dataset: DatasetLocation;
  readonly methods: readonly MethodChoice[];
  readonly targets: readonly CostTarget[];
  readonly seeds: readonly number[];
  readonly retraining: TrainingSettings;
  readonly distillation: DistillationSettings | null;
  /** Each compression has a folder of its own in here, and is not done again when it is whole. */
  readonly folder: string;
}

/** One compression of the comparison. */
export interface Cell {
  readonly network: string;
  readonly method: string;
  readonly target: CostTarget;
  readonly seed: number;
  readonly before: ClassifierStanding;
  readonly afterPruning: ClassifierStanding;
  readonly after: ClassifierStanding;
}

/** What a method could not do with a network: a target that it cannot reach there, as slimming where nothing is normalised. */
export interface Refusal extends Pick<Cell, 'network' | 'method' | 'target' | 'seed'> {
  readonly why: string;
}

export interface Compared {
  readonly cells: readonly Cell[];
  readonly refusals: readonly Refusal[];
}

/**
 * Goes through all cells, seed by seed, so that a comparison that is stopped early has compared all methods equally often. What one method refuses is written
 * down, and the others go on. @throws EspalierError the first refusal where there is nothing else.
 */
export async function runComparison(comparison: Comparison, machine: LocalMachine, onCell: (text: string) => void): Promise<Compared> {
  const { networks, methods, targets, seeds } = comparison;
  const cells: Cell[] = [];
  const refusals: Refusal[] = [];
  let refused: EspalierError | undefined;
  const total = seeds.length * networks.length * targets.length * methods.length;
  for (const seed of seeds)
    for (const network of networks)
      for (const target of targets)
        for (const method of methods) {
          const what = `${network.name}, ${method.name}, ${targetText(target)}, seed ${seed}`;
          onCell(`${cells.length + refusals.length + 1} of ${total}: ${what}`);
          const made = await orRefusal(() => runCell({ network, target, method, seed }, comparison, machine));
          if (made instanceof EspalierError) {
            refused ??= made;
            refusals.push({ network: network.name, method: method.name, target, seed, why: made.message });
            onCell(`${what} is refused: ${made.message}`);
          } else cells.push(made);
        }
  if (cells.length === 0 && refused !== undefined) throw refused;
  return { cells, refusals };
}

/** What was made, or why it could not be: a method that does not reach a target on a network is no reason to compare no others. */
export async function orRefusal<Made>(make: () => Promise<Made>): Promise<Made | EspalierError> {
  try {
    return await make();
  } catch (error) {
    if (removesTooLittle(error)) return error;
    throw error;
  }
}

interface CellRequest {
  readonly network: Comparison['networks'][number];
  readonly target: CostTarget;
  readonly method: MethodChoice;
  readonly seed: number;
}

async function runCell(
  { network, target, method, seed }: CellRequest,
  { dataset, retraining, distillation, folder: root }: Comparison,
  machine: LocalMachine,
): Promise<Cell> {
  const recipe = {
    kind: 'compression' as const,
    seed,
    pool: 'default',
    method,
    target,
    rounds: 1,
    minimumChannels: 1,
    channelMultiple: 1,
    retraining,
    distillation,
  };
  const folder = path.join(root, network.name, method.name, targetText(target).replaceAll(' ', '-'), String(seed));
  const compressed = await compress({ network: network.path, dataset, recipe, folder, resume: true, latency: false }, machine);
  const { result } = await describeCompression(compressed, network.path, recipe);
  return {
    network: network.name,
    method: method.name,
    target,
    seed,
    before: classifier(result.before),
    afterPruning: classifier(result.afterPruning),
    after: classifier(result.after),
  };
}

/** Comparisons are by accuracy, so datasets of detection were refused before anything ran. */
function classifier(standing: Standing): ClassifierStanding {
  if ('accuracy' in standing) return standing;
  throw new Error('a comparison of classifiers has measured a detector');
}

export const targetText = ({ measure, reductionRatio }: CostTarget): string => `${measure} ${reductionRatio}`;
