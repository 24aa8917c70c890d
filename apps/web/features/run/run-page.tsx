// Server only.
import { RecipeSchema } from '@espalier/core';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { RunDocument } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import type { RunDetails } from './live.ts';
import { recipeFacts } from './recipe.ts';
import { RunView } from './run-view.tsx';

const readRun = cache(async (id: string): Promise<RunDetails> => {
  const { node } = await query(RunDocument, { id });
  return node?.__typename === 'Run' ? node : notFound();
});

export const runTitle = async (id: string): Promise<string> => (await readRun(id)).title;

export async function RunPage({ id }: { id: string }) {
  const run = await readRun(id);
  return <RunView key={id} run={run} facts={recipeFacts(RecipeSchema.parse(run.recipe))} renderedAtMs={Date.now()} />;
}
