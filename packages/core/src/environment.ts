import path from 'node:path';
import { z } from 'zod';

/**
 * The variables that say where the services of an installation are. API and worker must agree on every one of them, so both read them here;
 * each adds its own. `checkout` is the folder under which data lie when nothing else is said.
 */
export const installationVariables = (checkout: string) => ({
  DATABASE_URL: z.string().min(1),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  ESPALIER_HOME: z.string().min(1).default(path.join(checkout, '.espalier')),
  ESPALIER_STORAGE: z.string().min(1).optional(),
  ESPALIER_DATA_ROOTS: z.string().min(1).optional(),
});

type InstallationVariables = z.infer<z.ZodObject<ReturnType<typeof installationVariables>>>;

export function installationSettings(env: InstallationVariables) {
  return {
    databaseUrl: env.DATABASE_URL,
    temporal: { address: env.TEMPORAL_ADDRESS, namespace: env.TEMPORAL_NAMESPACE },
    storage: env.ESPALIER_STORAGE ?? path.join(env.ESPALIER_HOME, 'artifacts'),
    dataRoots: (env.ESPALIER_DATA_ROOTS ?? path.join(env.ESPALIER_HOME, 'datasets')).split(path.delimiter).filter((root) => root !== ''),
  };
}
