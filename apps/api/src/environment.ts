import path from 'node:path';
import { badInput } from '@espalier/core';
import { installationSettings, installationVariables } from '@espalier/core/node';
import { z } from 'zod';

const checkout = path.resolve(import.meta.dirname, '../../..');
const port = z.coerce.number().int().min(0).max(65_535);

const EnvironmentSchema = z
  .object({
    ...installationVariables(checkout),
    ESPALIER_POOL: z.string().min(1).default('default'),
    ESPALIER_API_HOST: z.string().min(1).default('127.0.0.1'),
    ESPALIER_API_PORT: port.default(4000),
    ESPALIER_PORTAL_URL: z.url().default('http://localhost:3000'),
    /** Signs the sessions' cookies. */
    ESPALIER_AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
    ESPALIER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .transform((env) => ({
    ...installationSettings(env),
    /** The workers that read newly registered datasets through; a run's recipe names its own. */
    pool: env.ESPALIER_POOL,
    host: env.ESPALIER_API_HOST,
    port: env.ESPALIER_API_PORT,
    portalUrl: env.ESPALIER_PORTAL_URL,
    authSecret: env.ESPALIER_AUTH_SECRET,
    logLevel: env.ESPALIER_LOG_LEVEL,
  }));

export type Environment = z.infer<typeof EnvironmentSchema>;

/**
 * The API's settings, read once.
 * @throws EspalierError `BAD_INPUT` naming every variable that is missing or wrong.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = EnvironmentSchema.safeParse(variables);
  if (!parsed.success) throw badInput('BAD_INPUT', 'the environment', parsed.error, '`npm start` sets all of it for a laptop.');
  return parsed.data;
}
