import process from 'node:process';
import { parseArgs } from 'node:util';
import { countOption, UsageError } from '../harness/usage.ts';
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

/** What `torch_pruning_peer.py` needs: module → package. */
export const peerPackages = { torch: 'torch', torchvision: 'torchvision', torch_pruning: 'torch-pruning' };

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
  return {
    python,
    rounds: countOption('rounds', values.rounds, 2),
    repetitions: countOption('repetitions', values.repetitions, 2),
    networks: chosen,
    write,
  };
}
