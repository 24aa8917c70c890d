import { badInput, EspalierError } from '@espalier/core';
import { PruningPlanSchema, type PruningPlan } from '@espalier/network';
import { readInput } from './files.ts';

/** @throws EspalierError `NOT_FOUND`, or `BAD_ARTIFACT` for a file that is no plan. */
export async function readPlanFile(file: string): Promise<PruningPlan> {
  const content = await readInput(file);
  const hint = 'Analyse the network again.';
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw new EspalierError('BAD_ARTIFACT', `${file} is not JSON`, { hint, cause });
  }
  const plan = PruningPlanSchema.safeParse(json);
  if (!plan.success) throw badInput('BAD_ARTIFACT', 'pruning plan', plan.error, hint);
  return plan.data;
}
