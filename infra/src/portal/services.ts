import path from 'node:path';
import type { ServiceSpec } from '../supervise/service.ts';

/** What API, worker and portal are told, as environment variables. */
export type ServiceVariables = Readonly<Record<string, string>>;

/** They must have ended before the database and the workflow engine do, all within 10 s of Ctrl-C. */
const GRACE_MS = 7500;

/** The three processes of ours, in this checkout. */
export function ownServices(checkout: string, variables: ServiceVariables): readonly ServiceSpec[] {
  const app = (name: string, cwd: string, args: readonly string[]): ServiceSpec => ({
    name,
    program: process.execPath,
    args,
    cwd,
    env: { ...process.env, ...variables },
    graceMs: GRACE_MS,
  });
  const typescript = ['--import', 'tsx'];
  return [
    app('api', checkout, [...typescript, 'apps/api/src/main.ts']),
    app('worker', checkout, [...typescript, 'apps/worker/src/main.ts']),
    app('web', path.join(checkout, 'apps/web'), ['start.mjs']),
  ];
}
