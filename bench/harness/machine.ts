import { existsSync, readFileSync } from 'node:fs';
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

/**
 * How busy the machine is: processes that want a core, averaged over the last minute; and whether this one comes before all others (`chrt -r 10 …`, with which
 * a busy machine measures like an idle one).
 */
export function describeLoad(): string {
  const load = `load average ${os.loadavg()[0]!.toFixed(1)}`;
  return hasRealTimePriority() ? `${load}, at real-time priority` : load;
}

/** Linux: the scheduling policy is the 41st field of proc(5)'s stat; 1 and 2 are the real-time ones. The second field may hold spaces, and ends with ")". */
function hasRealTimePriority(): boolean {
  if (!existsSync('/proc/self/stat')) return false;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const policy = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38];
  return policy === '1' || policy === '2';
}
