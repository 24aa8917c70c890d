import { readFile } from 'node:fs/promises';
import {
  badInput,
  checkRecipeFor,
  DistillationSettingsSchema,
  EspalierError,
  RecipeSchema,
  withDefaultsFor,
  type DatasetKind,
  type DistillationSettings,
  type Recipe,
} from '@espalier/core';
import { parse } from 'yaml';
import type { z } from 'zod';

export interface TrainingFlags {
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  seed?: number;
}

export interface DistillationFlags extends TrainingFlags {
  temperature?: number;
  alpha?: number;
  /** Weights. */
  attention?: number;
  hints?: number;
}

export interface CompressionFlags extends TrainingFlags {
  method?: string;
  preset?: string;
  /** The share to remove. */
  macs?: number;
  parameters?: number;
  channels?: number;
  latency?: number;
  rounds?: number;
}

/** A recipe from a file, its fields replaced by those flags that are given. */
export async function trainingRecipe(file: string | undefined, flags: TrainingFlags): Promise<Extract<Recipe, { kind: 'training' }>> {
  return trainingRecipeOf(file, file === undefined ? {} : await readFields(file), flags);
}

function trainingRecipeOf(
  file: string | undefined,
  { training, ...rest }: Fields,
  flags: TrainingFlags,
): Extract<Recipe, { kind: 'training' }> {
  refuseOtherKind('training', file, rest);
  const written = { kind: 'training', ...rest, ...seedOf(flags), training: { ...asFields(training), ...settingsOf(flags) } };
  return parseRecipe('training', file, written);
}

/**
 * A training recipe that may have the field `distillation` as well, as compression recipes have it, each replaced by those flags that are given.
 * @throws EspalierError BAD_RECIPE.
 */
export async function distillationRecipe(
  file: string | undefined,
  flags: DistillationFlags,
): Promise<{ readonly recipe: Extract<Recipe, { kind: 'training' }>; readonly distillation: DistillationSettings }> {
  const { distillation: ofFile, ...fields } = file === undefined ? {} : await readFields(file);
  const { temperature, alpha, attention, hints } = flags;
  const written = {
    ...asFields(ofFile),
    ...given({ temperature, alpha }),
    ...given({ attention: weighted(ofFile, 'attention', attention), hints: weighted(ofFile, 'hints', hints) }),
  };
  const settings = DistillationSettingsSchema.safeParse(written);
  if (!settings.success) throw badInput('BAD_RECIPE', 'distillation', settings.error, 'It is set up as in compression recipes.');
  return { recipe: trainingRecipeOf(file, fields, flags), distillation: settings.data };
}

/** As `trainingRecipe`. @param dataset what the dataset is for: some defaults hang on it. */
export async function compressionRecipe(
  file: string | undefined,
  flags: CompressionFlags,
  dataset: DatasetKind,
): Promise<Extract<Recipe, { kind: 'compression' }>> {
  const { method, target, retraining, ...rest } = file === undefined ? {} : await readFields(file);
  refuseOtherKind('compression', file, rest);
  const written = {
    kind: 'compression',
    ...rest,
    ...seedOf(flags),
    ...(flags.rounds === undefined ? {} : { rounds: flags.rounds }),
    method: await methodOf(flags, method),
    target: targetOf(flags) ?? { measure: 'macs', ...asFields(target) },
    retraining: { ...asFields(retraining), ...settingsOf(flags) },
  };
  const recipe = parseRecipe('compression', file, withDefaultsFor(dataset, written));
  checkRecipeFor(dataset, recipe);
  return recipe;
}

/** The flags replace the recipe's method as a whole: settings of one method mean nothing to another. */
async function methodOf({ method: name, preset }: CompressionFlags, ofRecipe: unknown): Promise<unknown> {
  if (name === undefined && preset === undefined) return ofRecipe ?? { name: 'exp' };
  const { methodWithPreset } = await import('@espalier/pruning');
  return methodWithPreset(name ?? String(asFields(ofRecipe)['name'] ?? 'exp'), preset);
}

const targetFlags = ['macs', 'parameters', 'channels', 'latency'] as const;

function targetOf(flags: CompressionFlags): TargetInput | undefined {
  const given = targetFlags.filter((measure) => flags[measure] !== undefined);
  if (given.length > 1)
    throw new EspalierError('BAD_RECIPE', `there are ${given.length} targets: ${given.join(', ')}`, {
      hint: `Name one of ${targetFlags.map((measure) => `--${measure}`).join(', ')}.`,
      path: ['target'],
    });
  const [measure] = given;
  return measure === undefined ? undefined : { measure, reductionRatio: flags[measure]! };
}

type TargetInput = Readonly<{ measure: string; reductionRatio: number }>;
type Fields = Readonly<Record<string, unknown>>;

const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const seedOf = ({ seed }: TrainingFlags): Fields => (seed === undefined ? {} : { seed });
const settingsOf = ({ epochs, batchSize, learningRate }: TrainingFlags): Fields => given({ epochs, batchSize, learningRate });
const given = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
/** A part of a recipe with another weight; undefined where no weight is given. */
const weighted = (whole: unknown, part: string, weight: number | undefined): Fields | undefined =>
  weight === undefined ? undefined : { ...asFields(asFields(whole)[part]), weight };

async function readFields(file: string): Promise<Fields> {
  const hint = 'Name a YAML or JSON file.';
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new EspalierError('BAD_RECIPE', `the recipe ${file} cannot be read: ${(cause as Error).message}`, { hint, cause });
  }
  if (content === null) return {};
  if (typeof content === 'object' && !Array.isArray(content)) return content as Fields;
  throw new EspalierError('BAD_RECIPE', `the recipe ${file} holds no fields, such as kind: training`, { hint });
}

type RecipeOf<Kind extends Recipe['kind']> = Extract<Recipe, { kind: Kind }>;

function parseRecipe<Kind extends Recipe['kind']>(kind: Kind, file: string | undefined, written: unknown): RecipeOf<Kind> {
  const { success, data, error } = RecipeSchema.safeParse(written);
  if (success && data.kind === kind) return data as RecipeOf<Kind>;
  if (success) throw wrongKind(file, kind, data.kind);
  throw badInput('BAD_RECIPE', file === undefined ? 'recipe' : `recipe ${file}`, error, hintFor(error));
}

const hintFor = ({ issues }: z.ZodError): string =>
  issues.some(({ code }) => code === 'unrecognized_keys')
    ? 'Take out what is not known, or see whether it is spelt right and stands in its place.'
    : 'Give what is missing, and correct what is wrong, in a recipe file or by flags, such as --epochs 4.';

/** Before anything else is said of a recipe: to one of another kind every field is unknown. */
function refuseOtherKind(wanted: Recipe['kind'], file: string | undefined, { kind }: Fields): void {
  if (kind !== wanted && (kind === 'training' || kind === 'compression')) throw wrongKind(file, wanted, kind);
}

const wrongKind = (file: string | undefined, wanted: string, found: string): EspalierError =>
  new EspalierError('BAD_RECIPE', `the recipe ${file} is of kind ${found}, but a ${wanted} recipe is needed`, {
    hint: found === 'training' ? 'Use it with: espalier train' : 'Use it with: espalier compress',
    path: ['kind'],
  });
