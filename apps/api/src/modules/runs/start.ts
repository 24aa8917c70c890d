import { startRunWorkflow } from '@espalier/compression-workflow/client';
import {
  datasetKinds,
  DatasetSummarySchema,
  EspalierError,
  shapeAt,
  type DatasetFormat,
  type DatasetKind,
  type DatasetSummary,
  type Recipe,
} from '@espalier/core';
import { createRun } from '@espalier/database';
import { zoo } from '@espalier/zoo';
import { demand, notFound, signedIn } from '../../auth/viewer.ts';
import type { Context } from '../../schema/context.ts';
import { rowId } from '../../schema/ids.ts';
import { shortText } from '../../schema/input.ts';
import { checkTarget, parseRecipe } from './preflight.ts';

export interface StartRunInput {
  /** Global ids. */
  readonly model: string;
  readonly version?: string | null | undefined;
  readonly dataset: string;
  readonly title: string;
  readonly recipe?: unknown;
  readonly idempotencyKey: string;
}

/**
 * Checks everything that can be checked before anything runs, writes the run and starts its workflow.
 * @returns the run's row id.
 * @throws EspalierError `NOT_SIGNED_IN`, `NOT_FOUND`, `FORBIDDEN`, `BAD_INPUT`, `BAD_DATASET`, `BAD_RECIPE`, `TARGET_OUT_OF_REACH`; `UNAVAILABLE`
 * when the workflow engine does not answer: the run is written, and begins when the engine is back or the same call is made again.
 */
export async function startRun(context: Context, input: StartRunInput): Promise<string> {
  const { viewer, services } = context;
  signedIn(viewer);
  const model = await findModel(context, input.model);
  const { organizationId } = model;
  const { userId } = demand(viewer, 'run:start', { organizationId, what: 'model', path: ['model'] });
  const dataset = await findDataset(context, input.dataset, organizationId);
  const version = typeof input.version === 'string' ? await findVersion(context, input.version, model.id) : null;
  const recipe = parseRecipe(input.recipe, kindOf(dataset));
  checkFit(model, dataset, recipe);
  if (recipe.kind === 'compression') checkCompression(recipe, model, version);
  const { id: runId } = await createRun(services.database.prisma, {
    organizationId,
    actorId: userId,
    modelId: model.id,
    inputVersionId: version?.id ?? null,
    datasetId: dataset.id,
    title: shortText(input.title, 'title'),
    recipe,
    idempotencyKey: shortText(input.idempotencyKey, 'idempotencyKey'),
  });
  await startRunWorkflow(await services.workflows(), { runId, pool: recipe.pool });
  return runId;
}

/** What registered a dataset has checked its format. */
const kindOf = ({ format }: Pick<FoundDataset, 'format'>): DatasetKind => datasetKinds[format as DatasetFormat];

type FoundModel = Awaited<ReturnType<typeof findModel>>;
type FoundDataset = Awaited<ReturnType<typeof findDataset>>;
type FoundVersion = Awaited<ReturnType<typeof findVersion>>;

async function findModel({ services }: Context, named: string) {
  const id = rowId(named, 'Model');
  const select = { id: true, organizationId: true, name: true, architecture: true, inputShape: true, classes: true };
  const model = id === null ? null : await services.database.prisma.model.findUnique({ where: { id }, select });
  if (model === null) throw notFound('model', ['model']);
  return model;
}

async function findDataset({ services }: Context, named: string, organizationId: string) {
  const id = rowId(named, 'Dataset');
  const select = { id: true, name: true, format: true, status: true, summary: true };
  const dataset = id === null ? null : await services.database.prisma.dataset.findUnique({ where: { id, organizationId }, select });
  if (dataset === null) throw notFound('dataset', ['dataset']);
  return dataset;
}

async function findVersion({ services }: Context, named: string, modelId: string) {
  const id = rowId(named, 'ModelVersion');
  const select = { id: true, parameters: true, macs: true, parentId: true, run: { select: { kind: true } } };
  const version = id === null ? null : await services.database.prisma.modelVersion.findUnique({ where: { id, modelId }, select });
  if (version === null) throw notFound('version of this model', ['version']);
  return version;
}

function checkFit(model: FoundModel, dataset: FoundDataset, recipe: Recipe): void {
  const summary = DatasetSummarySchema.nullable().parse(dataset.summary);
  if (dataset.status !== 'ready' || summary === null) {
    const refused = dataset.status === 'refused';
    throw new EspalierError('BAD_DATASET', `the dataset ${dataset.name} ${refused ? 'was refused' : 'is still being read through'}`, {
      hint: refused ? 'Mend what its page says and register it anew.' : 'Try again when its page says that it is ready.',
      path: ['dataset'],
    });
  }
  if (kindOf(dataset) === 'detection') checkDetector(model, dataset.name, summary);
  else checkClassifier(model, dataset.name, summary);
  const largest = Math.max(...summary.splits.filter(({ name }) => name === 'training').map(({ examples }) => examples));
  const { batchSize } = recipe.kind === 'training' ? recipe.training : recipe.retraining;
  if (batchSize > largest) {
    const settings = recipe.kind === 'training' ? 'training' : 'retraining';
    throw new EspalierError('BAD_RECIPE', `a batch of ${batchSize} is larger than the training split of ${dataset.name} (${largest})`, {
      path: ['recipe', settings, 'batchSize'],
    });
  }
}

function checkClassifier({ name, inputShape, classes }: FoundModel, dataset: string, summary: DatasetSummary): void {
  const [height, width] = inputShape;
  const pictures = shapeAt(summary, height === width ? height : undefined).join(' × ');
  const wanted = inputShape.join(' × ');
  if (pictures === wanted && summary.classes.length === classes) return;
  throw new EspalierError(
    'BAD_DATASET',
    `${name} takes images of ${wanted} in ${classes} classes, ${dataset} has ${pictures} in ${summary.classes.length}`,
    { hint: 'Choose another dataset, or register a model of this shape.', path: ['dataset'] },
  );
}

/** Detectors bring pictures to the size that they take, and tell the background from all classes. */
function checkDetector({ name, architecture, classes }: FoundModel, dataset: string, summary: DatasetSummary): void {
  if (zoo.find((entry) => entry.name === architecture)?.task !== 'detection') {
    throw new EspalierError('BAD_DATASET', `${name} is a classifier, and ${dataset} has boxes for the objects in its pictures`, {
      hint: 'Choose a dataset with a class for each picture, or register a detector.',
      path: ['dataset'],
    });
  }
  if (classes === summary.classes.length + 1) return;
  throw new EspalierError(
    'BAD_DATASET',
    `${name} tells ${classes - 1} classes and the background apart, ${dataset} has ${summary.classes.length} classes`,
    {
      hint: `Choose another dataset, or register a detector of ${summary.classes.length + 1} classes: the background counts.`,
      path: ['dataset'],
    },
  );
}

function checkCompression(recipe: Extract<Recipe, { kind: 'compression' }>, model: FoundModel, version: FoundVersion | null): void {
  if (version === null) {
    throw new EspalierError('BAD_INPUT', 'a compression starts from a version of the model', {
      hint: 'Name the version to compress; train the model first when it has none.',
      path: ['version'],
    });
  }
  const { parameters, macs, run, parentId } = version;
  const isCut = run?.kind === 'compression' || parentId !== null;
  checkTarget(recipe, { ...model, parameters: Number(parameters), macs: Number(macs), isCut });
}
