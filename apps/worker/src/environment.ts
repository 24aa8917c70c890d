import path from 'node:path';
import { badInput } from '@espalier/core';
import { z } from 'zod';

const checkout = path.resolve(import.meta.dirname, '../../..');

const EnvironmentSchema = z
  .object({
    DATABASE_URL: z.string().min(1),
    TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
    TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
    ESPALIER_HOME: z.string().min(1).default(path.join(checkout, '.espalier')),
    ESPALIER_STORAGE: z.string().min(1).optional(),
    ESPALIER_DATA_ROOTS: z.string().min(1).optional(),
    ESPALIER_WORK_DIRECTORY: z.string().min(1).optional(),
    ESPALIER_POOL: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'is not a pool name (lower-case letters, digits and dashes)')
      .default('default'),
    /** Another program in the trainer's place, with its arguments, as a JSON list: for another build of it, and for tests of its faults. */
    ESPALIER_TRAINER_COMMAND: z
      .string()
      .transform((text) => z.array(z.string()).min(1).parse(JSON.parse(text)))
      .optional(),
    ESPALIER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .transform((env) => ({
    checkout,
    databaseUrl: env.DATABASE_URL,
    temporal: { address: env.TEMPORAL_ADDRESS, namespace: env.TEMPORAL_NAMESPACE },
    storage: env.ESPALIER_STORAGE ?? path.join(env.ESPALIER_HOME, 'artifacts'),
    dataRoots: (env.ESPALIER_DATA_ROOTS ?? path.join(env.ESPALIER_HOME, 'datasets')).split(path.delimiter).filter((root) => root !== ''),
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
