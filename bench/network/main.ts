/**
 * Times `cost`, `inspect` and `diff` for every network of the zoo, each network in a fresh process.
 *
 *   npm run bench:network -- [--repetitions n] [--write]
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildZooTopology, zoo } from '@espalier/zoo';
import { runTypeScript } from '../harness/child.ts';
import { describeLoad, describeMachine } from '../harness/machine.ts';
import { runBenchmark } from '../harness/run.ts';
import { markdownTable, milliseconds } from '../harness/table.ts';
import { countOption } from '../harness/usage.ts';
import { measureNetwork, type NetworkTimes, type Times } from './measure.ts';

await runBenchmark((args) => {
  const { values } = parseArgs({
    args,
    options: { repetitions: { type: 'string', default: '8' }, write: { type: 'boolean', default: false }, only: { type: 'string' } },
  });
  const repetitions = countOption('repetitions', values.repetitions, 2);
  if (values.only !== undefined) {
    console.log(JSON.stringify(measureNetwork(values.only, buildZooTopology(values.only), repetitions)));
    return;
  }
  const file = fileURLToPath(import.meta.url);
  const results = zoo.map(({ name }) => runTypeScript<NetworkTimes>(file, ['--only', name, '--repetitions', String(repetitions)]));
  const report = markdown(results, repetitions);
  console.log(report);
  if (values.write) writeFileSync(fileURLToPath(new URL('../../docs/benchmarks/network.md', import.meta.url)), report);
});

function markdown(results: readonly NetworkTimes[], repetitions: number): string {
  const both = ({ first, later }: Times) => [milliseconds(first), milliseconds(later)];
  return `# Cost, inspection and differences of every network of the zoo

Written by \`npm run bench:network -- --write\`. ${describeMachine()}; ${describeLoad()} at the end. Milliseconds, from a topology in memory, each
time of one of which nothing is known yet: the first time in a process that has read the network once before, to halve it, and the median of the
${repetitions - 1} times after it. \`diff\` compares a network with itself at half width. The goals are 5 s for \`inspect\` of any
network, and 1 s for \`diff\` of DenseNet-121; the slowest here take ${milliseconds(Math.max(...results.map(({ inspect }) => inspect.first)))} ms and ${milliseconds(Math.max(...results.map(({ diff }) => diff.first)))} ms.

${markdownTable(
  ['network', 'layers', 'groups', 'cost: first', 'later', 'inspect: first', 'later', 'diff: first', 'later'],
  results.map(({ name, layers, groups, cost, inspect, diff }) => [
    name,
    String(layers),
    String(groups),
    ...both(cost),
    ...both(inspect),
    ...both(diff),
  ]),
)}
`;
}
