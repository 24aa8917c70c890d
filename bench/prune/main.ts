/**
 * Graph, dependency groups and one pruning step to half the width: Espalier beside Torch-Pruning, in turn, each time in a fresh process.
 *
 *   npm run bench:prune -- [--python <interpreter>] [--rounds n] [--repetitions n] [--network <zoo name>]… [--write]
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runJson, runTypeScript } from '../harness/child.ts';
import { benchOptions, type BenchOptions, checkPython } from './arguments.ts';
import type { Contestant } from './networks.ts';
import { type Comparison, markdownReport, summary } from './report.ts';
import type { MemoryResult, ScalingResult, SideResult } from './result.ts';

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const progress = (text: string): boolean => process.stderr.write(`${text}\n`);

function compare(contestant: Contestant, { python, rounds, repetitions }: BenchOptions): Comparison {
  const espalier: SideResult[] = [];
  const peer: SideResult[] = [];
  for (let round = 1; round <= rounds; round++) {
    espalier.push(runTypeScript<SideResult>(beside('./espalier-side.ts'), ['time', contestant.zoo, String(repetitions)]));
    peer.push(runJson<SideResult>(python, [beside('./torch_pruning_peer.py'), contestant.torch, String(repetitions)]));
    progress(`${contestant.title}: round ${round} of ${rounds}`);
  }
  assertSameWork(contestant, espalier[0]!, peer[0]!);
  const memory = runTypeScript<MemoryResult>(beside('./espalier-side.ts'), ['memory', contestant.zoo]);
  return { contestant, espalier, peer, memory };
}

/** Both sides must have begun with the same network and ended with the same widths; their costs tell. */
function assertSameWork({ title }: Contestant, espalier: SideResult, peer: SideResult): void {
  for (const key of ['parameters', 'macs', 'parametersAfter', 'macsAfter'] as const)
    if (espalier[key] !== peer[key]) throw new Error(`${title}: ${key} is ${espalier[key]} in Espalier, but ${peer[key]} in Torch-Pruning`);
}

const options = benchOptions(process.argv.slice(2));
checkPython(options.python);
const comparisons: Comparison[] = [];
for (const contestant of options.networks) {
  const comparison = compare(contestant, options);
  comparisons.push(comparison);
  progress(summary(comparison));
}
const scaling = runTypeScript<ScalingResult[]>(beside('./scaling.ts'), []);
const report = markdownReport(comparisons, scaling, options);
console.log(report);
if (options.write) writeFileSync(beside('../../docs/benchmarks/prune.md'), report);
