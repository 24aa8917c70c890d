import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { World } from '@espalier/compression-workflow/testing';

const checkout = path.resolve(import.meta.dirname, '../../..');

/** The worker as `npm start` runs it: a process of its own, which the tests may kill. */
export class WorkerProcess {
  static async start(world: World, variables: NodeJS.ProcessEnv = {}): Promise<WorkerProcess> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'apps/worker/src/main.ts'], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        DATABASE_URL: world.databaseUrl,
        TEMPORAL_ADDRESS: world.temporal.address,
        TEMPORAL_NAMESPACE: world.temporal.namespace,
        ESPALIER_HOME: world.folder,
        ...variables,
      },
    });
    child.stderr?.pipe(createWriteStream(path.join(world.folder, 'worker.log'), { flags: 'a' }));
    const worker = new WorkerProcess(child);
    await worker.#ready();
    return worker;
  }

  readonly #exited: Promise<[number | null, NodeJS.Signals | null]>;

  private constructor(readonly child: ChildProcess) {
    this.#exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  async #ready(): Promise<void> {
    let said = '';
    for await (const chunk of this.child.stdout ?? []) {
      said += String(chunk);
      if (said.includes('[ready]')) break;
    }
    if (!said.includes('[ready]')) throw new Error(`the worker ended before it was ready: ${said}`);
  }

  async kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.child.kill(signal);
    const [code, by] = await this.#exited;
    return { code, signal: by };
  }
}
