import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { z } from 'zod';
import { writePrivately } from './private-file.ts';
import { hasCode } from './processes.ts';
import { runProgram } from './run-program.ts';
import type { Portal } from './portal/portal.ts';

const OwnerSchema = z.object({ email: z.string(), password: z.string(), name: z.string(), organization: z.string() });
/** Who the first organization belongs to. */
export type Owner = z.infer<typeof OwnerSchema>;

/** The owner that was made up at the first start: kept, so that a first start that was killed goes on with the same one. */
export async function keptOwner(home: string): Promise<Owner> {
  const file = path.join(home, 'owner.json');
  try {
    return OwnerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const owner: Owner = {
    email: 'owner@espalier.local',
    password: randomBytes(12).toString('base64url'),
    name: 'Owner',
    organization: 'Espalier',
  };
  await writePrivately(file, JSON.stringify(owner, null, 1));
  return owner;
}

/** Makes the organization and its owner, where they are not there yet. */
export async function bootstrapOwner(checkout: string, portal: Portal, owner: Owner): Promise<void> {
  const env = {
    ...process.env,
    ...portal.variables,
    ESPALIER_OWNER_EMAIL: owner.email,
    ESPALIER_OWNER_PASSWORD: owner.password,
    ESPALIER_OWNER_NAME: owner.name,
    ESPALIER_ORGANIZATION: owner.organization,
  };
  const outcome = await runProgram(process.execPath, ['--import', 'tsx', 'apps/api/src/bootstrap.ts'], { cwd: checkout, env });
  if (outcome.code !== 0)
    throw new EspalierError(
      'UNAVAILABLE',
      `the first organization could not be made: ${(outcome.stderr || outcome.stdout).trim().slice(-1200)}`,
    );
}
