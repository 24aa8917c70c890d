import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RecipeSchema, type RecipeInput } from '@espalier/core';
import { checkout, type TestPortal } from '@espalier/testing';
import { z } from 'zod';

/** What the portal is to show, made through the API as any script would make it. */

const node = z.object({ id: z.string() });
const noErrors = z.array(z.unknown()).length(0);

export async function registerDigits(portal: TestPortal): Promise<string> {
  const folder = path.join(portal.home, 'datasets/digits');
  await promisify(execFile)(process.execPath, ['apps/cli/bin/espalier.mjs', 'digits', '--out', folder], { cwd: checkout });
  const { registerDataset } = await portal.client.request(
    `mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) { dataset { id } userErrors { message } } }`,
    { input: { organization: portal.organization, name: 'MNIST digits', format: 'idx', path: folder, idempotencyKey: 'digits' } },
    z.object({ registerDataset: z.object({ dataset: node, userErrors: noErrors }) }),
  );
  await until(async () => {
    const { node: dataset } = await portal.client.request(
      `query ($id: ID!) { node(id: $id) { ... on Dataset { status } } }`,
      { id: registerDataset.dataset.id },
      z.object({ node: z.object({ status: z.string() }) }),
    );
    return dataset.status === 'READY';
  });
  return registerDataset.dataset.id;
}

export async function registerModel(portal: TestPortal): Promise<string> {
  const input = { name: 'Digits', architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10, idempotencyKey: 'model' };
  const { registerModel } = await portal.client.request(
    `mutation ($input: RegisterModelInput!) { registerModel(input: $input) { model { id } userErrors { message } } }`,
    { input: { ...input, organization: portal.organization } },
    z.object({ registerModel: z.object({ model: node, userErrors: noErrors }) }),
  );
  return registerModel.model.id;
}

interface RunRequest {
  title: string;
  model: string;
  dataset: string;
  version?: string;
  recipe: RecipeInput;
}

export async function startRun(portal: TestPortal, { recipe, ...input }: RunRequest): Promise<string> {
  const { startRun } = await portal.client.request(
    `mutation ($input: StartRunInput!) { startRun(input: $input) { run { id } userErrors { message } } }`,
    { input: { ...input, recipe: RecipeSchema.parse(recipe), idempotencyKey: input.title } },
    z.object({ startRun: z.object({ run: node, userErrors: noErrors }) }),
  );
  return startRun.run.id;
}

/** The version that a run made. */
export async function outputOf(portal: TestPortal, run: string): Promise<string> {
  const { node: found } = await portal.client.request(
    `query ($id: ID!) { node(id: $id) { ... on Run { output { id } } } }`,
    { id: run },
    z.object({ node: z.object({ output: node }) }),
  );
  return found.output.id;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(300);
}
