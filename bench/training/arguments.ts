import process from 'node:process';
import { parseArgs } from 'node:util';
import { countOption, UsageError } from '../harness/usage.ts';
import { type Contestant, contestants } from './networks.ts';

export interface BenchOptions {
  /** The interpreter that has PyTorch. */
  readonly python: string;
  /** How often each side has its turn. */
  readonly rounds: number;
  readonly networks: readonly Contestant[];
  /** Whether `docs/benchmarks/training.md` is written anew. */
  readonly write: boolean;
}

/** What `pytorch_peer.py` needs: module → package. */
export const peerPackages = { torch: 'torch', torchvision: 'torchvision' };

export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string', default: process.env['PYTHON'] ?? 'python3' },
      rounds: { type: 'string', default: '3' },
      networks: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const { python, rounds, networks, write } = values;
  return { python, rounds: countOption('rounds', rounds, 1), networks: networks === undefined ? contestants : chosen(networks), write };
}

function chosen(names: string): Contestant[] {
  return names.split(',').map((name) => {
    const found = contestants.find(({ zoo }) => zoo === name);
    if (found !== undefined) return found;
    throw new UsageError(`--networks takes some of ${contestants.map(({ zoo }) => zoo).join(',')}, but got ${name}`);
  });
}
