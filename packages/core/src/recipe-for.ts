import type { DatasetKind } from './dataset.ts';
import { EspalierError } from './errors.ts';
import type { Recipe } from './recipe.ts';

/**
 * A recipe as a person wrote it, with those defaults that depend on what the dataset is for: classifiers are distilled unless the recipe says otherwise,
 * detectors are not. To be applied before `RecipeSchema` writes out the others. What is no recipe at all is left for it to refuse.
 */
export function withDefaultsFor(kind: DatasetKind, written: unknown): unknown {
  if (kind === 'classification' || typeof written !== 'object' || written === null || !('kind' in written)) return written;
  return written.kind === 'compression' && !('distillation' in written) ? { ...written, distillation: null } : written;
}

/** @throws EspalierError `BAD_RECIPE` for what cannot be done with a dataset of that kind, before anything is. */
export function checkRecipeFor(kind: DatasetKind, recipe: Recipe): void {
  if (kind === 'classification' || recipe.kind !== 'compression' || recipe.distillation === null) return;
  throw new EspalierError('BAD_RECIPE', 'a detector is not distilled: it learns from the boxes of its dataset alone', {
    hint: 'Leave distillation out, or set it to null.',
    path: ['distillation'],
  });
}
