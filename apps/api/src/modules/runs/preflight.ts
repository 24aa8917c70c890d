import {
  badInput,
  checkRecipeFor,
  EspalierError,
  RecipeSchema,
  withDefaultsFor,
  type CompressionRecipe,
  type DatasetKind,
  type Recipe,
} from '@espalier/core';
import { costBudget, dependencyGroups, minimumCost, readGraph, uniformWidths } from '@espalier/network';
import { completeMethodChoice } from '@espalier/pruning/catalogue';
import { buildZooTopology, type ImageShape } from '@espalier/zoo';
import { ZodError } from 'zod';
import { within } from '../../schema/input.ts';

/** What is known of the network that a compression starts from. */
export interface Subject {
  readonly architecture: string;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly parameters: number;
  readonly macs: number;
  /** Whether an earlier compression has cut it: then its widths are no longer the architecture's. */
  readonly isCut: boolean;
}

/**
 * A recipe as it is kept: every default written out, also those of its method.
 * @param kind what the dataset is for.
 * @throws EspalierError `BAD_RECIPE` for what cannot be done with such a dataset; AggregateError of EspalierErrors `BAD_RECIPE`, one for each fault, with the path of its field.
 */
export function parseRecipe(written: unknown, kind: DatasetKind): Recipe {
  const parsed = RecipeSchema.safeParse(withDefaultsFor(kind, written));
  if (!parsed.success) throw faultsOf(parsed.error);
  const recipe = parsed.data;
  within('recipe', () => checkRecipeFor(kind, recipe));
  if (recipe.kind === 'training') return recipe;
  return { ...recipe, method: within('recipe', () => completeMethodChoice(recipe.method)) };
}

function faultsOf(error: ZodError): AggregateError {
  const faults = error.issues.map((issue) => {
    const { code, message, path } = badInput('BAD_RECIPE', 'the recipe', new ZodError([issue]));
    return new EspalierError(code, message, { path: ['recipe', ...path] });
  });
  return new AggregateError(faults, 'the recipe is not valid');
}

/**
 * Whether a compression can reach its target, before anything runs.
 * @throws EspalierError `TARGET_OUT_OF_REACH`, saying how much could be removed.
 */
export function checkTarget({ target, minimumChannels, channelMultiple }: CompressionRecipe, subject: Subject): void {
  const [height = 0, width = 0, channels = 0] = subject.inputShape;
  const shape: ImageShape = [height, width, channels];
  // Time is measured by the worker, before anything is cut.
  if (target.measure === 'latency') return;
  const graph = readGraph(buildZooTopology(subject.architecture, { inputShape: shape, classes: subject.classes }));
  const groups = dependencyGroups(graph);
  if (target.measure === 'channels') return checkGroups(target.groups, groups);
  if (!subject.isCut) {
    within('recipe', () => uniformWidths(graph, groups, { ...target, minimumChannels, channelMultiple }));
    return;
  }
  // Of a network that was cut before, the architecture still tells a bound: with one channel left in each group nothing is smaller.
  const { measure, reductionRatio } = target;
  const least = minimumCost(graph, groups)[measure];
  const present = subject[measure];
  if (least <= costBudget(present, reductionRatio)) return;
  const most = Math.max(0, Math.floor((1 - least / present) * 1000) / 10);
  throw new EspalierError('TARGET_OUT_OF_REACH', `of the ${measure} that are left at most ${most} % can be removed`, {
    hint: `Ask for a reduction of at most ${most} %.`,
    path: ['recipe', 'target', 'reductionRatio'],
  });
}

/** Shares of channels can always be reached, but only of groups that there are and that may be cut. */
function checkGroups(shares: Readonly<Record<string, number>>, groups: ReturnType<typeof dependencyGroups>): void {
  for (const id of Object.keys(shares)) {
    const group = groups.find((candidate) => candidate.id === id);
    if (group?.prunable === true) continue;
    throw new EspalierError('BAD_RECIPE', `group ${id}: ${group?.reason ?? 'the network has no such group'}`, {
      hint: `Name one of ${groups
        .filter(({ prunable }) => prunable)
        .map((one) => one.id)
        .join(', ')}.`,
      path: ['recipe', 'target', 'groups', id],
    });
  }
}
