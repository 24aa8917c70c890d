import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Contestant, contestants } from './networks.ts';

export interface BenchOptions {
  /** The interpreter that has PyTorch and Torch-Pruning. */
  readonly python: string;
  /** How often each side has its turn. */
  readonly rounds: number;
  /** Steps in one process: the first one and those after it. */
  readonly repetitions: number;
  readonly networks: readonly Contestant[];
  /** Whether `docs/benchmarks/prune.md` is written anew. */
  readonly write: boolean;
}

const packages = { torch: 'torch', torchvision: 'torchvision', torch_pruning: 'torch-pruning' };

export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string', default: process.env['PYTHON'] ?? 'python3' },
      rounds: { type: 'string', default: '5' },
      repetitions: { type: 'string', default: '8' },
      network: { type: 'string', multiple: true },
      write: { type: 'boolean', default: false },
    },
  });
  const { python, network, write } = values;
  const chosen = contestants.filter(({ zoo }) => network === undefined || network.includes(zoo));
  if (chosen.length === 0) throw new UsageError(`--network must be one of ${contestants.map(({ zoo }) => zoo).join(', ')}`);
  return { python, rounds: count('rounds', values.rounds), repetitions: count('repetitions', values.repetitions), networks: chosen, write };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 2) throw new UsageError(`--${name} must be a whole number of at least 2, but is ${text}`);
  return value;
}

/** Something that whoever called can mend. */
export class UsageError extends Error {}

/** Throws, saying what is missing and how to get it, unless this Python can run the other side. */
export function checkPython(python: string): void {
  const { error } = spawnSync(python, ['--version']);
  if (error !== undefined) throw new UsageError(`there is no ${python}: name a Python ≥ 3.9 by --python or $PYTHON`);
  const missing = Object.entries(packages).filter(([module]) => spawnSync(python, ['-c', `import ${module}`]).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name).join(' ');
  throw new UsageError(
    `${python} has no ${names}. Get it: ${python} -m venv peers && peers/bin/pip install ${names}, then --python peers/bin/python`,
  );
}
