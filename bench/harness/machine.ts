import os from 'node:os';
import process from 'node:process';

/** One line that says what a measurement was taken on; `more` names the versions of what took part. */
export function describeMachine(more: readonly string[] = []): string {
  const cores = os.availableParallelism();
  const model = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  return [
    `${cores} cores ${os.arch()} (${model}), ${memory}`,
    `${os.type()} ${os.release()}`,
    `Node ${process.versions.node}`,
    ...more,
  ].join('; ');
}

/** How busy the machine is: processes that want a core, averaged over the last minute. A benchmark beside others says so. */
export const describeLoad = (): string => `load average ${os.loadavg()[0]!.toFixed(1)}`;
