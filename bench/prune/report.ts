import { describeLoad, describeMachine } from '../harness/machine.ts';
import { median } from '../harness/median.ts';
import { markdownTable, milliseconds, ratio } from '../harness/table.ts';
import type { BenchOptions } from './arguments.ts';
import type { Contestant } from './networks.ts';
import type { EspalierMemory, MemoryResult, ScalingResult, SideResult, StepTime } from './result.ts';

export interface Comparison {
  readonly contestant: Contestant;
  /** One result for each round. */
  readonly espalier: readonly SideResult[];
  /** The same for each number of threads that PyTorch was given. */
  readonly peers: readonly { readonly threads: number; readonly results: readonly SideResult[] }[];
  readonly memory: EspalierMemory;
  readonly peerMemory: MemoryResult;
}

type StepsOf = (results: readonly SideResult[]) => readonly StepTime[];
const firsts: StepsOf = (results) => results.map(({ first }) => first);
const laters: StepsOf = (results) => results.flatMap(({ later }) => later);
const middle = (steps: readonly StepTime[], key: keyof StepTime): number => median(steps.map((step) => step[key]));
const best = (steps: readonly StepTime[]): number => Math.min(...steps.map(({ total }) => total));

/** What PyTorch did with the number of threads that suited it better. */
function better({ peers }: Comparison, of: StepsOf): { threads: number; steps: readonly StepTime[] } {
  const candidates = peers.map(({ threads, results }) => ({ threads, steps: of(results) }));
  return candidates.toSorted((a, b) => middle(a.steps, 'total') - middle(b.steps, 'total'))[0]!;
}

const faster = (comparison: Comparison, of: StepsOf): number =>
  middle(better(comparison, of).steps, 'total') / middle(of(comparison.espalier), 'total');

export const summary = (comparison: Comparison): string =>
  `${comparison.contestant.title}: ${ratio(faster(comparison, firsts))} faster at first, ${ratio(faster(comparison, laters))} later (goal ${comparison.contestant.goal})`;

const timeTable = (comparisons: readonly Comparison[], of: StepsOf): string =>
  markdownTable(
    ['network', 'goal', 'Espalier ms', 'T-P ms', 'faster', 'best ms', 'T-P', 'faster', 'CPU ms', 'T-P', 'groups ms', 'T-P', 'T-P threads'],
    comparisons.map((comparison) => {
      const { contestant, espalier } = comparison;
      const ours = of(espalier);
      const { threads, steps: theirs } = better(comparison, of);
      const both = (value: (steps: readonly StepTime[]) => number) => [milliseconds(value(ours)), milliseconds(value(theirs))];
      return [
        contestant.title,
        `${contestant.goal} ×`,
        ...both((steps) => middle(steps, 'total')),
        ratio(faster(comparison, of)),
        ...both(best),
        ratio(best(theirs) / best(ours)),
        ...both((steps) => middle(steps, 'cpu')),
        ...both((steps) => middle(steps, 'groups')),
        String(threads),
      ];
    }),
  );

const integer = (value: number): string => value.toLocaleString('en-GB');

const costTable = (comparisons: readonly Comparison[]): string =>
  markdownTable(
    ['network', 'parameters', 'after', 'MACs', 'after'],
    comparisons.map(({ contestant, espalier: [result] }) => [
      contestant.title,
      ...[result!.parameters, result!.parametersAfter, result!.macs, result!.macsAfter].map(integer),
    ]),
  );

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const memoryTable = (comparisons: readonly Comparison[]): string =>
  markdownTable(
    ['network', 'weights MB', 'peak MB', 'peak ÷ weights', 'T-P peak MB', 'peak ÷ weights', 'arrays MB', 'arrays ÷ weights'],
    comparisons.map(({ contestant, memory: { weightBytes, peakBytes, arrayBytes }, peerMemory }) => [
      contestant.title,
      megabytes(weightBytes),
      megabytes(peakBytes),
      ratio(peakBytes / weightBytes),
      megabytes(peerMemory.peakBytes),
      ratio(peerMemory.peakBytes / peerMemory.weightBytes),
      megabytes(arrayBytes),
      ratio(arrayBytes / weightBytes),
    ]),
  );

const scalingTable = (scaling: readonly ScalingResult[]): string =>
  markdownTable(
    ['network', 'layers × channels', 'channels of all tensors', 'reading the graph ms', 'groups ms', 'ns for each channel'],
    scaling.map(({ shape, layers, channels, places, graphMs, groupsMs }) => [
      shape,
      `${layers} × ${channels}`,
      integer(places),
      milliseconds(graphMs),
      milliseconds(groupsMs),
      ((groupsMs * 1e6) / places).toFixed(0),
    ]),
  );

/** The whole report as Markdown; everything in it comes from this run. */
export function markdownReport(
  comparisons: readonly Comparison[],
  scaling: readonly ScalingResult[],
  { rounds, repetitions }: BenchOptions,
): string {
  const { versions } = comparisons[0]!.peers[0]!.results[0]!;
  return `# Pruning: Espalier beside Torch-Pruning

Written by \`npm run bench:prune -- --write\`; \`bench/README.md\` says what exactly is timed. ${describeMachine(versions)}.
${rounds} rounds in turn, each side in a fresh process with ${repetitions} steps a round; ${describeLoad()} at the end. T-P is Torch-Pruning, with the
number of threads that suits it better. Times are medians, but for the columns that say "best"; "groups" is the share of graph and groups.

## The first step of a process

What somebody waits for who prunes one network.

${timeTable(comparisons, firsts)}

## Later steps of the same process

What a search pays that prunes again and again.

${timeTable(comparisons, laters)}

## The same work

Both sides begin with the same network and end with the same widths: parameters and MACs agree exactly, or the benchmark fails.

${costTable(comparisons)}

## Memory

Of one step in a process of its own. The peak is resident memory at its highest during the step, less that of the process before the step but for the
weights: the given network, what is made of it, and what the step leaves for the collector, which is most of what is seen with a small
network. The arrays are Espalier's alone: the weights of the given network, those of the pruned one, and whatever else was not yet collected.

${memoryTable(comparisons)}

## Groups of large networks

Synthetic networks of 1 × 1 convolutions: "residual" adds every second one to a single stream, so that all of these are one group; "dense" joins each to
all before it, so that every layer is a group and tensors grow. Time goes with the channels of all tensors, not with their square.

${scalingTable(scaling)}
`;
}
