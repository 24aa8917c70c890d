import type { Recipe } from '@espalier/core';
import { formatShare } from '#features/ui/format.ts';

/** The API answers only recipes that passed core's schema, so their type is known here without carrying the schema to the browser. */
export const asRecipe = (json: unknown): Recipe => json as Recipe;

const measureNames = {
  macs: 'MACs',
  parameters: 'parameters',
  channels: 'channels of every group',
  latency: 'time for a picture',
} as const;

export const measureName = (measure: string): string =>
  measure in measureNames ? measureNames[measure as keyof typeof measureNames] : measure;

/** Method and target in two short words: `EXP`, `−50 % MACs`; null for a run that only trains. */
export function recipeGist(json: unknown): { method: string; target: string } | null {
  const recipe = asRecipe(json);
  if (recipe.kind === 'training') return null;
  const { measure, reductionRatio } = recipe.target;
  return { method: recipe.method.name.toUpperCase(), target: `${formatShare(-reductionRatio, 0)} ${measureName(measure)}` };
}

export interface Fact {
  label: string;
  value: string;
}

/** What a recipe asks for, as a person would tell it. The whole of it is shown beside as JSON. */
export function recipeFacts(recipe: Recipe): Fact[] {
  return recipe.kind === 'training'
    ? [...trainingFacts(recipe.training), ...placeFacts(recipe)]
    : [
        { label: 'Method', value: recipe.method.name.toUpperCase() },
        { label: 'Target', value: `remove ${formatShare(recipe.target.reductionRatio, 0)} of the ${measureName(recipe.target.measure)}` },
        { label: 'Rounds', value: String(recipe.rounds) },
        { label: 'Distillation', value: distillation(recipe.distillation) },
        ...trainingFacts(recipe.retraining),
        ...placeFacts(recipe),
      ];
}

type TrainingSettings = Extract<Recipe, { kind: 'training' }>['training'];

function trainingFacts(settings: TrainingSettings): Fact[] {
  const { epochs, batchSize, learningRate, optimizer, momentum, nesterov, weightDecay, schedule } = settings;
  return [
    { label: 'Epochs', value: String(epochs) },
    { label: 'Batch', value: `${batchSize} images` },
    { label: 'Learning rate', value: `${learningRate}, ${schedule.name}` },
    optimizer.name === 'sgd'
      ? { label: 'Momentum', value: nesterov ? `${momentum}, Nesterov` : String(momentum) }
      : { label: 'Optimizer', value: optimizer.name === 'adam' ? 'Adam' : 'AdamW' },
    { label: 'Weight decay', value: String(weightDecay) },
    ...unusualFacts(settings),
  ];
}

/** What most recipes leave alone is told of those that don't. */
function unusualFacts({ labelSmoothing, clipNorm, averaging, sparsity, earlyStop }: TrainingSettings): Fact[] {
  return [
    ...(labelSmoothing > 0 ? [{ label: 'Label smoothing', value: formatShare(labelSmoothing, 0) }] : []),
    ...(clipNorm === null ? [] : [{ label: 'Gradients', value: `no longer than ${clipNorm}` }]),
    ...(averaging === null ? [] : [{ label: 'Averaged weights', value: `decay ${averaging}` }]),
    ...(sparsity === null ? [] : [{ label: 'Sparsity', value: `L1 on γ, ${sparsity.weight}` }]),
    ...(earlyStop === null ? [] : [{ label: 'Early stop', value: `after ${earlyStop.patience} epochs without improvement` }]),
  ];
}

const placeFacts = ({ seed, pool }: Recipe): Fact[] => [
  { label: 'Seed', value: String(seed) },
  { label: 'Pool', value: pool },
];

function distillation(settings: Extract<Recipe, { kind: 'compression' }>['distillation']): string {
  if (settings === null) return 'none';
  const { temperature, alpha, attention, hints } = settings;
  return [
    `from the parent, T = ${temperature}, α = ${alpha}`,
    ...(attention === undefined ? [] : [`attention × ${attention.weight}`]),
    ...(hints === undefined ? [] : [`hints × ${hints.weight}`]),
  ].join(', ');
}
