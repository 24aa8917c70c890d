import { readFile } from 'node:fs/promises';
import { badInput, checkRecipeFor, EspalierError, RecipeSchema, withDefaultsFor, type DatasetKind, type Recipe } from '@espalier/core';
import { parse } from 'yaml';

export interface TrainingFlags {
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  seed?: number;
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
  const { training, ...rest } = file === undefined ? {} : await readFields(file);
  const recipe = parseRecipe({ kind: 'training', ...rest, ...seedOf(flags), training: { ...asFields(training), ...settingsOf(flags) } });
  if (recipe.kind !== 'training') throw wrongKind(file, 'training', recipe.kind);
  return recipe;
}

/** As `trainingRecipe`. @param dataset what the dataset is for: some defaults hang on it. */
export async function compressionRecipe(
  file: string | undefined,
  flags: CompressionFlags,
  dataset: DatasetKind,
): Promise<Extract<Recipe, { kind: 'compression' }>> {
  const { method, target, retraining, ...rest } = file === undefined ? {} : await readFields(file);
  const written = {
    kind: 'compression',
    ...rest,
    ...seedOf(flags),
    ...(flags.rounds === undefined ? {} : { rounds: flags.rounds }),
    method: await methodOf(flags, method),
    target: targetOf(flags) ?? { measure: 'macs', ...asFields(target) },
    retraining: { ...asFields(retraining), ...settingsOf(flags) },
  };
  const recipe = parseRecipe(withDefaultsFor(dataset, written));
  if (recipe.kind !== 'compression') throw wrongKind(file, 'compression', recipe.kind);
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
const settingsOf = ({ epochs, batchSize, learningRate }: TrainingFlags): Fields =>
  Object.fromEntries(Object.entries({ epochs, batchSize, learningRate }).filter(([, value]) => value !== undefined));

async function readFields(file: string): Promise<Fields> {
  try {
    return asFields(parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new EspalierError('BAD_RECIPE', `the recipe ${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name a YAML or JSON file.',
      cause,
    });
  }
}

function parseRecipe(input: unknown): Recipe {
  const recipe = RecipeSchema.safeParse(input);
  if (!recipe.success) {
    throw badInput('BAD_RECIPE', 'recipe', recipe.error, 'Give what is missing by a recipe file or by flags, such as --epochs 4.');
  }
  return recipe.data;
}

const wrongKind = (file: string | undefined, wanted: string, found: string): EspalierError =>
  new EspalierError('BAD_RECIPE', `the recipe ${file} is of kind ${found}, but a ${wanted} recipe is needed`, {
    hint: found === 'training' ? 'Use it with: espalier train' : 'Use it with: espalier compress',
    path: ['kind'],
  });
