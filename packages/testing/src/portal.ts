import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  bootstrapOwner,
  findOrganization,
  keptOwner,
  openPortal,
  readEnvironment,
  signIn,
  type ApiClient,
  type Owner,
  type Portal,
} from '@espalier/infra';
import { inject } from 'vitest';
import { portalsDirectory } from './test-run.ts';

export const checkout = path.resolve(import.meta.dirname, '../../..');

/** A whole Espalier of a test's own: database, workflow engine, API, worker and portal, on free ports and with empty data. */
export interface TestPortal extends Portal {
  readonly home: string;
  readonly owner: Owner;
  /** Of the owner's organization. */
  readonly organization: string;
  /** The API, signed in as the owner. */
  readonly client: ApiClient;
}

/**
 * Starts it; `stop` ends every process and removes the data. The portal must have been built (`npm run setup`).
 * @param options.variables more for the environment of API, worker and portal
 */
export async function startPortal({ variables = {} }: { variables?: Record<string, string> } = {}): Promise<TestPortal> {
  const parent = portalsDirectory({ directory: inject('espalierTestRun') });
  await mkdir(parent, { recursive: true, mode: 0o711 });
  const home = await mkdtemp(path.join(parent, 'portal-'));
  await chmod(home, 0o711);
  const said: string[] = [];
  const environment = readEnvironment({});
  const ports = { portal: 0, api: 0, postgres: 0, temporal: 0 };
  const portal = await openPortal({
    checkout,
    home,
    environment,
    ports,
    durable: false,
    extraVariables: variables,
    say: (text) => said.push(text),
  });
  try {
    const owner = await keptOwner(home);
    await bootstrapOwner(checkout, portal, owner);
    const client = await signIn(portal.apiUrl, portal.url, owner);
    const organization = await findOrganization(client, owner.organization);
    const stop = async () => {
      await client.close();
      await portal.stop();
      await rm(home, { recursive: true, force: true });
    };
    return { ...portal, home, owner, organization, client, stop };
  } catch (error) {
    await portal.stop();
    throw error;
  }
}
