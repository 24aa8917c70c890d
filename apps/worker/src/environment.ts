import path from 'node:path';
import { badInput, PoolSchema } from '@espalier/core';
import { installationSettings, installationVariables } from '@espalier/core/node';
import { z } from 'zod';

const checkout = path.resolve(import.meta.dirname, '../../..');

const EnvironmentSchema = z
  .object({
    ...installationVariables(checkout),
    ESPALIER_WORK_DIRECTORY: z.string().min(1).optional(),
    ESPALIER_POOL: PoolSchema.default('default'),
    /** Another program in the trainer's place, with its arguments, as a JSON list: for another build of it, and for tests of its faults. */
    ESPALIER_TRAINER_COMMAND: z
      .string()
      .transform((text) => z.array(z.string()).min(1).parse(JSON.parse(text)))
      .optional(),
    ESPALIER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .transform((env) => ({
    checkout,
    ...installationSettings(env),
    workDirectory: env.ESPALIER_WORK_DIRECTORY ?? path.join(env.ESPALIER_HOME, 'work'),
    pool: env.ESPALIER_POOL,
    trainerCommand: env.ESPALIER_TRAINER_COMMAND ?? null,
    logLevel: env.ESPALIER_LOG_LEVEL,
  }));

export type Environment = z.infer<typeof EnvironmentSchema>;

/**
 * The worker's settings, read once.
 * @throws EspalierError `BAD_INPUT` naming every variable that is missing or wrong.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = EnvironmentSchema.safeParse(variables);
  if (!parsed.success) throw badInput('BAD_INPUT', 'the environment', parsed.error, '`npm start` sets all of it for a laptop.');
  return parsed.data;
}

/** The trainer needs none of the worker's keys, so it does not get them: it reads files that come from outside. */
export function trainerEnvironment(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = /^(DATABASE_URL|TEMPORAL_.*|ESPALIER_AUTH_SECRET|ESPALIER_OWNER_.*|ESPALIER_STORAGE|AWS_.*|.*_(SECRET|TOKEN|PASSWORD))$/;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !secret.test(name)));
}
