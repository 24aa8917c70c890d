import { readFile } from 'node:fs/promises';
import { badInput, EspalierError, type NetworkData } from '@espalier/core';
import { digestOf, digestOfFile } from '@espalier/core/node';
import { type PruningPlan, PruningPlanSchema } from '@espalier/network';
import type { z } from 'zod';

/** A plan as Espalier writes it, or one written by hand, which need not say for which network it is. */
const PlanFileSchema = PruningPlanSchema.partial({ network: true });
export type PlanFile = z.infer<typeof PlanFileSchema>;
const KeepListsSchema = PlanFileSchema.shape.keep;

const hint = 'Write {"keep": {"<group>": [<channels that stay>]}}; espalier inspect names the groups.';

/**
 * Reads a plan: JSON, either whole or only its keep-lists. Throws NOT_FOUND, and BAD_INPUT naming the field that is wrong; whether the plan suits a
 * network shows when it is cut.
 */
export async function readPlan(file: string): Promise<PlanFile> {
  const json = parse(await read(file), file);
  const isWhole = typeof json === 'object' && json !== null && 'keep' in json && !Array.isArray(json.keep);
  const plan = isWhole
    ? PlanFileSchema.safeParse(json)
    : KeepListsSchema.transform((keep): PlanFile => ({ version: 1, keep })).safeParse(json);
  if (!plan.success) throw badInput('BAD_INPUT', `pruning plan ${file}`, plan.error, hint);
  return plan.data;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new EspalierError('NOT_FOUND', `the plan ${file} can't be read: ${(cause as Error).message}`, {
      hint: 'Check the path.',
      path: [file],
      cause,
    });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EspalierError('BAD_INPUT', `the plan ${file} is not JSON: ${(cause as Error).message}`, { hint, path: [file], cause });
  }
}

/**
 * Throws BAD_INPUT where the plan says that it was made for another network than this one. A network is known by the digest of its canonical file,
 * and by that of the very file from which it was read.
 */
export async function refuseForeignPlan(plan: PlanFile, network: NetworkData, place: string | null): Promise<void> {
  if (plan.network === undefined || plan.network === (await networkDigest(network))) return;
  if (place !== null && plan.network === (await digestOfFile(place).catch(() => null))) return;
  throw new EspalierError('BAD_INPUT', `the plan was made for another network (${plan.network.slice(0, 12)}…)`, {
    hint: 'Make the plan for this very network, or take "network" out of it.',
    path: ['plan', 'network'],
  });
}

/** The digest of the network's canonical file, whatever file it came from. */
export async function networkDigest(network: NetworkData): Promise<string> {
  const { encodeNetwork } = await import('@espalier/formats');
  return digestOf(encodeNetwork(network));
}

/** The plan with the network that it is for. */
export const completePlan = (plan: PlanFile, digest: string): PruningPlan => ({ ...plan, network: digest });
