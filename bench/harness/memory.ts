import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

/** Forgets the high-water mark of this process's resident memory (Linux: proc(5), clear_refs). */
export const resetPeakMemory = (): void => writeFileSync('/proc/self/clear_refs', '5');

/** The high-water mark of resident memory in bytes since the last reset. */
export function peakMemory(): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  if (line === null) throw new Error('/proc/self/status says no VmHWM: memory is measured on Linux only');
  return Number(line[1]) * 1024;
}

export const residentMemory = (): number => process.memoryUsage.rss();
