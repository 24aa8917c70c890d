import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { StageOutputsSchema } from '@espalier/database';
import type { World } from '@espalier/compression-workflow/testing';
import type { RecipeInput, StageName } from '@espalier/core';

const checkout = path.resolve(import.meta.dirname, '../../..');

/**
 * Does a compression by the command line, as anyone without a portal would.
 * @param parent digest of the network to begin with, among the world's artifacts. @param dataset its folder.
 * @returns what reads a file that it has written.
 */
export async function compressByCommandLine(
  world: World,
  { parent, dataset, recipe }: { readonly parent: string; readonly dataset: string; readonly recipe: RecipeInput },
): Promise<(file: string) => string> {
  const network = await world.storage.materialise(parent, path.join(world.folder, 'parent'));
  const [recipeFile, out] = [path.join(world.folder, 'recipe.json'), path.join(world.folder, 'by-command-line')];
  writeFileSync(recipeFile, JSON.stringify(recipe));
  const command = ['compress', '--model', network, '--dataset', dataset, '--recipe', recipeFile, '--out', out];
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'apps/cli/src/main.ts', ...command], { cwd: checkout });
  return (file) => readFileSync(path.join(out, file), 'utf8');
}

/** The text of an artifact that a stage of a run made. */
export async function artifactOf(world: World, runId: string, stage: StageName, name: string): Promise<string> {
  const steps = await world.database.prisma.stepOutput.findMany({ where: { runId, stage } });
  const made = steps.map(({ outputs }) => StageOutputsSchema.parse(outputs)[name]).find((artifact) => artifact !== undefined);
  return readFileSync(await world.storage.materialise(made?.digest ?? `no ${name}`, path.join(world.folder, 'read')), 'utf8');
}
