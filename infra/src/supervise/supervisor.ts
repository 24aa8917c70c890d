import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EspalierError } from '@espalier/core';
import { endGroup, noteOf, signalGroup } from '../processes.ts';
import { Ledger } from './ledger.ts';
import { logFileOf, spawnService, waitUntilReady, type ServiceProcess, type ServiceSpec } from './service.ts';

const LONGEST_PAUSE_MS = 30_000;
/** A service that has served this long is taken for sound again. */
const SOUND_AFTER_MS = 60_000;

interface Kept {
  readonly spec: ServiceSpec;
  process: ServiceProcess;
  servingSince: number;
  /** How often it was started again without having become sound in between. */
  restarts: number;
}

/** Starts services, each as a process group of its own, starts again the ones that die, and ends them all. */
export class Supervisor {
  readonly #ledger: Ledger;
  readonly #kept = new Map<string, Kept>();
  readonly #stopping = new AbortController();

  constructor(private readonly options: { ledgerFile: string; logDirectory: string; say: (text: string) => void }) {
    this.#ledger = new Ledger(options.ledgerFile);
  }

  /** Starts a service and waits until it serves. @throws EspalierError `UNAVAILABLE` */
  async start(spec: ServiceSpec): Promise<void> {
    await mkdir(this.options.logDirectory, { recursive: true });
    await writeFile(logFileOf(this.options.logDirectory, spec.name), '');
    await this.#launch(spec, 0);
  }

  /** The service's process at this moment. */
  pidOf(name: string): number {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new EspalierError('NOT_FOUND', `no service is called ${name}`);
    return kept.process.pid;
  }

  /** Ends these services, at the same time. Nothing is started again after the first call. */
  async stop(names: readonly string[] = [...this.#kept.keys()]): Promise<void> {
    this.#stopping.abort();
    await Promise.all(
      names.map(async (name) => {
        const kept = this.#kept.get(name);
        if (kept === undefined) return;
        await endGroup(noteOf(kept.process.pid), kept.spec.graceMs);
        await this.#ledger.remove(kept.process.pid);
        this.#kept.delete(name);
      }),
    );
  }

  /** Ends everything without asking: for an impatient second Ctrl-C. */
  killAll(): void {
    this.#stopping.abort();
    for (const { process } of this.#kept.values()) signalGroup(process.pid, 'SIGKILL');
  }

  async #launch(spec: ServiceSpec, restarts: number): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const logFile = logFileOf(this.options.logDirectory, spec.name);
    const process = await spawnService(spec, logFile);
    const kept: Kept = { spec, process, servingSince: Number.POSITIVE_INFINITY, restarts };
    this.#kept.set(spec.name, kept);
    await this.#ledger.add({ name: spec.name, ...noteOf(process.pid) });
    // Told to stop while it was being spawned: the one who stops has not seen this process.
    if (this.#stopping.signal.aborted) await endGroup(noteOf(process.pid), 0);
    await waitUntilReady(spec, process, logFile);
    kept.servingSince = performance.now();
    const onEnd = () => void this.#restart(kept).catch((error: unknown) => this.options.say(`${spec.name}: ${String(error)}`));
    if (process.child.exitCode !== null || process.child.signalCode !== null) onEnd();
    else process.child.once('exit', onEnd);
  }

  async #restart(kept: Kept): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { spec, process } = kept;
    // What it has left behind in its group must not go on beside its successor.
    signalGroup(process.pid, 'SIGKILL');
    await this.#ledger.remove(process.pid);
    let restarts = performance.now() - kept.servingSince > SOUND_AFTER_MS ? 0 : kept.restarts;
    let how = `ended (${process.child.signalCode ?? process.child.exitCode})`;
    for (;;) {
      const pauseMs = Math.min(1000 * 2 ** restarts, LONGEST_PAUSE_MS);
      this.options.say(`${spec.name} ${how}; it is started again in ${pauseMs / 1000} s`);
      await sleep(pauseMs);
      if (this.#stopping.signal.aborted) return;
      restarts += 1;
      try {
        await this.#launch(spec, restarts);
        this.options.say(`${spec.name} serves again`);
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const left = this.#kept.get(spec.name);
        if (left !== undefined) await endGroup(noteOf(left.process.pid), 0);
        how = error instanceof Error ? `did not come back: ${error.message.split('\n')[0]}` : 'did not come back';
      }
    }
  }
}
