import process from 'node:process';
import { UsageError } from './usage.ts';

/**
 * Runs a benchmark with what was typed behind its name. What the caller can mend is said without a stack, and ends with exit code 2; anything else is a
 * fault, and ends as Node ends with one.
 */
export async function runBenchmark(benchmark: (args: string[]) => void | Promise<void>): Promise<void> {
  try {
    await benchmark(process.argv.slice(2));
  } catch (error) {
    if (!isUsageError(error)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/** `parseArgs` has codes of its own for options that there are not. */
const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError || (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'));
