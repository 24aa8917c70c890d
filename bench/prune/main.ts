/**
 * Graph, dependency groups and one pruning step to half the width: Espalier beside Torch-Pruning, in turn, each time in a fresh process.
 *
 *   npm run bench:prune -- [--python <interpreter>] [--rounds n] [--repetitions n] [--network <zoo name>]… [--write]
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runJson, runTypeScript } from '../harness/child.ts';
import { runBenchmark } from '../harness/run.ts';
import { checkPython } from '../harness/usage.ts';
import { benchOptions, type BenchOptions, peerPackages } from './arguments.ts';
import type { Contestant } from './networks.ts';
import { type Comparison, markdownReport, summary } from './report.ts';
import type { EspalierMemory, MemoryResult, ScalingResult, SideResult } from './result.ts';

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
/** PyTorch has its turn with every core and with one: its threads help large kernels, and hinder small ones, above all on a busy machine. */
const peerThreads = [...new Set([availableParallelism(), 1])];
const progress = (text: string): boolean => process.stderr.write(`${text}\n`);

function compare(contestant: Contestant, { python, rounds, repetitions }: BenchOptions): Comparison {
  const peerFile = beside('./torch_pruning_peer.py');
  const espalier: SideResult[] = [];
  const peers = peerThreads.map((threads) => ({ threads, results: [] as SideResult[] }));
  for (let round = 1; round <= rounds; round++) {
    espalier.push(runTypeScript<SideResult>(beside('./espalier-side.ts'), ['time', contestant.zoo, String(repetitions)]));
    for (const { threads, results } of peers) {
      const args = [peerFile, 'time', contestant.torch, '--repetitions', String(repetitions), '--threads', String(threads)];
      results.push(runJson<SideResult>(python, args));
    }
    progress(`${contestant.title}: round ${round} of ${rounds}`);
  }
  assertSameWork(contestant, espalier[0]!, peers[0]!.results[0]!);
  return {
    contestant,
    espalier,
    peers,
    memory: runTypeScript<EspalierMemory>(beside('./espalier-side.ts'), ['memory', contestant.zoo]),
    peerMemory: runJson<MemoryResult>(python, [peerFile, 'memory', contestant.torch]),
  };
}

/** Both sides must have begun with the same network and ended with the same widths; their costs tell. */
function assertSameWork({ title }: Contestant, espalier: SideResult, peer: SideResult): void {
  for (const key of ['parameters', 'macs', 'parametersAfter', 'macsAfter'] as const)
    if (espalier[key] !== peer[key]) throw new Error(`${title}: ${key} is ${espalier[key]} in Espalier, but ${peer[key]} in Torch-Pruning`);
}

await runBenchmark((args) => {
  const options = benchOptions(args);
  checkPython(options.python, peerPackages);
  const comparisons = options.networks.map((contestant) => {
    const comparison = compare(contestant, options);
    progress(summary(comparison));
    return comparison;
  });
  const report = markdownReport(comparisons, runTypeScript<ScalingResult[]>(beside('./scaling.ts'), []), options);
  console.log(report);
  if (options.write) writeFileSync(beside('../../docs/benchmarks/prune.md'), report);
});
