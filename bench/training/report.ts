import { describeLoad, describeMachine } from '../harness/machine.ts';
import { median } from '../harness/median.ts';
import { markdownTable, milliseconds } from '../harness/table.ts';
import type { BenchOptions } from './arguments.ts';
import type { Contestant } from './networks.ts';
import { type SideResult, type Time, type Way } from './result.ts';

export interface Comparison {
  readonly contestant: Contestant;
  /** One result for each round. */
  readonly espalier: readonly { readonly way: Way; readonly results: readonly SideResult[] }[];
  /** The same for each number of threads that PyTorch was given. */
  readonly peers: readonly { readonly threads: number; readonly results: readonly SideResult[] }[];
}

type Work = 'training' | 'inference';

const middle = (results: readonly SideResult[], work: Work, key: keyof Time): number =>
  median(results.flatMap((result) => result[work].map((time) => time[key])));

const resultsOf = ({ espalier }: Comparison, way: Way): readonly SideResult[] => espalier.find((side) => side.way === way)!.results;

/** What PyTorch did with the number of threads that suited it better. */
const better = ({ peers }: Comparison, work: Work): Comparison['peers'][number] =>
  peers.toSorted((a, b) => middle(a.results, work, 'wall') - middle(b.results, work, 'wall'))[0]!;

/** How many times as long as the compiled step PyTorch or another way takes. */
const faster = (comparison: Comparison, work: Work, other: readonly SideResult[], key: keyof Time = 'wall'): number =>
  middle(other, work, key) / middle(resultsOf(comparison, 'compiled'), work, key);

const times = (value: number): string => `${value.toFixed(2)} ×`;

export function summary(comparison: Comparison): string {
  const words = (['training', 'inference'] as const).map(
    (work) => `${work} ${times(faster(comparison, work, better(comparison, work).results))}`,
  );
  return `${comparison.contestant.title}: faster than PyTorch: ${words.join(', ')}`;
}

const header = ['network', 'batch', 'stock ms', 'eager ms', 'compiled ms', 'PyTorch ms', 'PyTorch ÷ compiled', 'stock ÷ compiled'];
const cpuHeader = ['CPU: stock', 'eager', 'compiled', 'PyTorch', 'PyTorch ÷ compiled', 'PyTorch threads'];

const table = (comparisons: readonly Comparison[], work: Work): string =>
  markdownTable(
    [...header, ...cpuHeader],
    comparisons.map((comparison) => {
      const { threads, results: theirs } = better(comparison, work);
      const sides = [...(['stock', 'eager', 'compiled'] as const).map((way) => resultsOf(comparison, way)), theirs];
      const row = (key: keyof Time) => sides.map((results) => milliseconds(middle(results, work, key)));
      return [
        comparison.contestant.title,
        String(comparison.contestant.batch),
        ...row('wall'),
        times(faster(comparison, work, theirs)),
        times(faster(comparison, work, resultsOf(comparison, 'stock'))),
        ...row('cpu'),
        times(faster(comparison, work, theirs, 'cpu')),
        String(threads),
      ];
    }),
  );

/** The whole report as Markdown; everything in it comes from this run. */
export function markdownReport(comparisons: readonly Comparison[], { rounds }: BenchOptions): string {
  const [first] = comparisons;
  const versions = [...resultsOf(first!, 'compiled')[0]!.versions, ...first!.peers[0]!.results[0]!.versions];
  const steps = comparisons.map(({ contestant }) => `${contestant.title} ${contestant.steps}`).join(', ');
  const parameters = comparisons.map(
    ({ contestant, espalier }) => `${contestant.title} ${espalier[0]!.results[0]!.parameters.toLocaleString('en-GB')}`,
  );
  return `# Training and inference: Espalier beside stock TF.js and PyTorch

Written by \`npm run bench:training -- --write\`; \`bench/README.md\` says what exactly is timed. ${describeMachine(versions)}.
${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turn, each side in a fresh process; steps and passes in each, after three to warm up: ${steps}. ${sentence(describeLoad())} at the end.
Times are medians in milliseconds; CPU time is that of all threads. PyTorch has channels-last tensors and the number of threads that suits it better.
"PyTorch ÷ compiled" above 1 means that Espalier is faster.

## A training step

Forward, backward, stochastic gradient descent with momentum and weight decay, and the loss read.

${table(comparisons, 'training')}

## An inference pass

${table(comparisons, 'inference')}

## The same work

Parameters agree exactly on both sides, or the benchmark fails: ${parameters.join(', ')}.
`;
}

const sentence = (words: string): string => words[0]!.toUpperCase() + words.slice(1);
