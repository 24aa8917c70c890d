/**
 * A training step and an inference pass, four ways, in turn, each time in a fresh process: stock TF.js, Espalier operation by operation, Espalier
 * compiled, PyTorch.
 *
 *   npm run bench:training -- [--python <interpreter>] [--rounds n] [--networks <zoo name>,…] [--write]
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
import { type SideResult, ways } from './result.ts';

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
/** PyTorch has its turn with every core and with one: on a busy machine its threads wait for each other. */
const peerThreads = [...new Set([availableParallelism(), 1])];
const progress = (text: string): boolean => process.stderr.write(`${text}\n`);

function compare(contestant: Contestant, { python, rounds }: BenchOptions): Comparison {
  const { title, zoo, batch, side, steps } = contestant;
  const espalier = ways.map((way) => ({ way, results: [] as SideResult[] }));
  const peers = peerThreads.map((threads) => ({ threads, results: [] as SideResult[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const { way, results } of espalier)
      results.push(runTypeScript<SideResult>(beside('./espalier-side.ts'), [way, zoo, String(steps)]));
    for (const { threads, results } of peers) {
      const options = { batch, side, steps, threads };
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      results.push(runJson<SideResult>(python, [beside('./pytorch_peer.py'), zoo, ...args]));
    }
    progress(`${title}: round ${round} of ${rounds}`);
  }
  const [ours, theirs] = [espalier[0]!.results[0]!.parameters, peers[0]!.results[0]!.parameters];
  if (ours !== theirs) throw new Error(`${title} has ${ours} parameters in Espalier, but ${theirs} in PyTorch`);
  return { contestant, espalier, peers };
}

await runBenchmark((args) => {
  const options = benchOptions(args);
  checkPython(options.python, peerPackages);
  const comparisons = options.networks.map((contestant) => {
    const comparison = compare(contestant, options);
    progress(summary(comparison));
    return comparison;
  });
  const report = markdownReport(comparisons, options);
  console.log(report);
  if (options.write) writeFileSync(beside('../../docs/benchmarks/training.md'), report);
});
