import type { DatasetLocation, MethodChoice, CostTarget, TrainingSettings, DistillationSettings } from '@espalier/core';
import path from 'node:path';
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

/** Goes through all cells, seed by seed, so that a comparison that is stopped early has compared all methods equally often. */
export async function runComparison(comparison: Comparison, machine: LocalMachine, onCell: (text: string) => void): Promise<Cell[]> {
  const { networks, methods, targets, seeds, dataset, retraining, distillation } = comparison;
  const cells: Cell[] = [];
  const total = seeds.length * networks.length * targets.length * methods.length;
  for (const seed of seeds)
    for (const network of networks)
      for (const target of targets)
        for (const method of methods) {
          onCell(`${cells.length + 1} of ${total}: ${network.name}, ${method.name}, ${targetText(target)}, seed ${seed}`);
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
          const folder = path.join(comparison.folder, network.name, method.name, targetText(target).replaceAll(' ', '-'), String(seed));
          const compressed = await compress({ network: network.path, dataset, recipe, folder, resume: true, latency: false }, machine);
          const { result } = await describeCompression(compressed, network.path, recipe);
          const standings = {
            before: classifier(result.before),
            afterPruning: classifier(result.afterPruning),
            after: classifier(result.after),
          };
          cells.push({ network: network.name, method: method.name, target, seed, ...standings });
        }
  return cells;
}

/** Comparisons are by accuracy, so datasets of detection were refused before anything ran. */
function classifier(standing: Standing): ClassifierStanding {
  if ('accuracy' in standing) return standing;
  throw new Error('a comparison of classifiers has measured a detector');
}

export const targetText = ({ measure, reductionRatio }: CostTarget): string => `${measure} ${reductionRatio}`;
