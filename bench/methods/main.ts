/**
 * Times every method's scoring, clustering and selection on ResNet-50, each in a fresh process, and clustering against the number of channels.
 *
 *   npm run bench:methods -- [--network resnet50] [--images 200] [--repetitions 3] [--write]
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { catalogue } from '@espalier/pruning';
import { buildZooNetwork } from '@espalier/zoo';
import { runTypeScript } from '../harness/child.ts';
import { describeLoad, describeMachine } from '../harness/machine.ts';
import { runBenchmark } from '../harness/run.ts';
import { markdownTable, milliseconds } from '../harness/table.ts';
import { countOption, zooOption } from '../harness/usage.ts';
import { measureDbscan, measureMethod, type MethodTimes } from './measure.ts';

const imageSize = 64;
const channelCounts = [64, 128, 256, 512, 1024, 2048, 4096];
const dimensionCounts = [64, 1024];

interface BenchOptions {
  readonly network: string;
  readonly images: number;
  readonly repetitions: number;
  /** Whether `docs/benchmarks/methods.md` is written anew. */
  readonly write: boolean;
  /** The one method that this process measures; the whole benchmark starts itself with each of them. */
  readonly only?: string;
}

function benchOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      network: { type: 'string', default: 'resnet50' },
      images: { type: 'string', default: '200' },
      repetitions: { type: 'string', default: '3' },
      write: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  return {
    ...values,
    network: zooOption('network', values.network),
    images: countOption('images', values.images, 1),
    repetitions: countOption('repetitions', values.repetitions, 1),
  };
}

await runBenchmark((args) => {
  const options = benchOptions(args);
  const { network, images, repetitions, only } = options;
  if (only !== undefined) {
    const built = buildZooNetwork(network, { seed: 1, inputShape: [imageSize, imageSize, 3] });
    console.log(JSON.stringify(measureMethod(only, built, images)));
    return;
  }
  const file = fileURLToPath(import.meta.url);
  const passed = ['--network', network, '--images', String(images)];
  const results = catalogue.map(({ name }) => {
    const rounds = Array.from({ length: repetitions }, () => runTypeScript<MethodTimes>(file, ['--only', name, ...passed]));
    return rounds.reduce((best, round) => (round.gathering + round.planning < best.gathering + best.planning ? round : best));
  });
  const report = markdown(results, options);
  console.log(report);
  if (options.write) writeFileSync(fileURLToPath(new URL('../../docs/benchmarks/methods.md', import.meta.url)), report);
});

function markdown(results: readonly MethodTimes[], { network, images, repetitions }: BenchOptions): string {
  return `# Scoring, clustering and selection

Written by \`npm run bench:methods -- --write\`. ${describeMachine()}; ${describeLoad()} at the end. Milliseconds, the best of ${repetitions} fresh
processes, for half of the MACs of ${network} with random weights at ${imageSize} × ${imageSize} and recommended settings. The goals are 2 s for methods that look
at weights alone and 30 s for those that look at maps of ${images} images. Maps are made up and not in the time; a forward pass comes on top. Methods
that want fewer images by default take as many as they want. Inner products of all pairs are shared out over the cores, all else is done by
one thread; CPU time is that of all threads, Node's compiler and collector among them.

${markdownTable(
  ['method', 'images', 'gathering', 'planning', 'CPU', 'MACs gone'],
  results.map(({ name, images: seen, gathering, planning, cpu, reachedRatio }) => [
    name,
    seen === null ? '' : String(seen),
    seen === null ? '' : milliseconds(gathering),
    milliseconds(planning),
    milliseconds(cpu),
    `${(100 * reachedRatio).toFixed(1)} %`,
  ]),
)}

## Distances and DBSCAN against channels

Cosine distances of all pairs of mean maps and DBSCAN on them, best of three. Both grow with the square of the channels, distances also with the places
of a map. The goal is 1 s for 2048 channels.

${markdownTable(
  ['channels', ...dimensionCounts.map((count) => `${count} places`)],
  channelCounts.map((channels) => [
    String(channels),
    ...dimensionCounts.map((dimensions) => milliseconds(measureDbscan(channels, dimensions))),
  ]),
)}
`;
}
