import path from 'node:path';
import { badInput } from '@espalier/core';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

const EnvironmentSchema = z
  .object({
    DATABASE_URL: z.string().min(1).optional(),
    TEMPORAL_ADDRESS: z.string().min(1).optional(),
    TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
    ESPALIER_STORAGE: z.string().min(1).optional(),
    ESPALIER_DATA_ROOTS: z.string().min(1).optional(),
    ESPALIER_API_HOST: z.string().min(1).default('127.0.0.1'),
    ESPALIER_API_PORT: port.optional(),
    ESPALIER_PORTAL_HOST: z.string().min(1).default('127.0.0.1'),
    ESPALIER_PORTAL_PORT: port.optional(),
    ESPALIER_PORTAL_URL: z.url().optional(),
    ESPALIER_AUTH_SECRET: z.string().min(32).optional(),
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    temporal: { address: env.TEMPORAL_ADDRESS, namespace: env.TEMPORAL_NAMESPACE },
    storage: env.ESPALIER_STORAGE,
    dataRoots: env.ESPALIER_DATA_ROOTS?.split(path.delimiter) ?? [],
    api: { host: env.ESPALIER_API_HOST, port: env.ESPALIER_API_PORT },
    portal: { host: env.ESPALIER_PORTAL_HOST, port: env.ESPALIER_PORTAL_PORT, url: env.ESPALIER_PORTAL_URL },
    authSecret: env.ESPALIER_AUTH_SECRET,
  }));

export type Environment = z.infer<typeof EnvironmentSchema>;

/**
 * What the environment asks of a start; an empty variable counts as not set.
 * @throws EspalierError `BAD_INPUT` naming every variable that is wrong
 */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = EnvironmentSchema.safeParse(set);
  if (!parsed.success) throw badInput('BAD_INPUT', 'the environment', parsed.error, '`npm start -- --help` lists the variables.');
  return parsed.data;
}
