import { describeLoad, describeMachine } from '../harness/machine.ts';
import { median } from '../harness/median.ts';
import { markdownTable, milliseconds, ratio } from '../harness/table.ts';
import type { BenchOptions } from './arguments.ts';
import type { Contestant } from './networks.ts';
import type { MemoryResult, ScalingResult, SideResult, StepTime } from './result.ts';

export interface Comparison {
  readonly contestant: Contestant;
  /** One result for each round. */
  readonly espalier: readonly SideResult[];
  readonly peer: readonly SideResult[];
  readonly memory: MemoryResult;
}

type StepsOf = (results: readonly SideResult[]) => readonly StepTime[];
const firsts: StepsOf = (results) => results.map(({ first }) => first);
const laters: StepsOf = (results) => results.flatMap(({ later }) => later);
const middle = (steps: readonly StepTime[], key: keyof StepTime): number => median(steps.map((step) => step[key]));
const best = (steps: readonly StepTime[]): number => Math.min(...steps.map(({ total }) => total));

export function summary({ contestant, espalier, peer }: Comparison): string {
  const [first, later] = [firsts, laters].map((of) => middle(of(peer), 'total') / middle(of(espalier), 'total'));
  return `${contestant.title}: ${ratio(first!)} faster at first, ${ratio(later!)} later (goal ${contestant.goal})`;
}

const timeTable = (comparisons: readonly Comparison[], of: StepsOf): string =>
  markdownTable(
    ['network', 'goal', 'Espalier ms', 'T-P ms', 'faster', 'best ms', 'T-P', 'faster', 'CPU ms', 'T-P', 'groups ms', 'T-P'],
    comparisons.map(({ contestant, espalier, peer }) => {
      const [ours, theirs] = [of(espalier), of(peer)];
      const both = (value: (steps: readonly StepTime[]) => number) => [milliseconds(value(ours)), milliseconds(value(theirs))];
      return [
        contestant.title,
        `${contestant.goal} ×`,
        ...both((steps) => middle(steps, 'total')),
        ratio(middle(theirs, 'total') / middle(ours, 'total')),
        ...both(best),
        ratio(best(theirs) / best(ours)),
        ...both((steps) => middle(steps, 'cpu')),
        ...both((steps) => middle(steps, 'groups')),
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
    ['network', 'weights MB', 'peak MB', 'peak ÷ weights', 'arrays MB', 'arrays ÷ weights'],
    comparisons.map(({ contestant, memory: { weightBytes, peakBytes, arrayBytes } }) => [
      contestant.title,
      megabytes(weightBytes),
      megabytes(peakBytes),
      ratio(peakBytes / weightBytes),
      megabytes(arrayBytes),
      ratio(arrayBytes / weightBytes),
    ]),
  );

const scalingTable = (scaling: readonly ScalingResult[]): string =>
  markdownTable(
    ['layers × channels', 'reading the graph ms', 'groups ms', 'groups ns for each channel of a layer'],
    scaling.map(({ layers, channels, graphMs, groupsMs }) => [
      `${layers} × ${channels}`,
      milliseconds(graphMs),
      milliseconds(groupsMs),
      ((groupsMs * 1e6) / (layers * channels)).toFixed(1),
    ]),
  );

/** The whole report as Markdown; everything in it comes from this run. */
export function markdownReport(
  comparisons: readonly Comparison[],
  scaling: readonly ScalingResult[],
  { rounds, repetitions }: BenchOptions,
): string {
  const versions = comparisons[0]!.peer[0]!.versions;
  return `# Pruning: Espalier beside Torch-Pruning

Written by \`npm run bench:prune -- --write\`; \`bench/README.md\` says what exactly is timed. ${describeMachine(versions)}.
${rounds} rounds in turn, each side in a fresh process with ${repetitions} steps a round; ${describeLoad()} at the end. T-P is Torch-Pruning. Times are medians, but
for the columns that say "best"; "groups" is the share of graph and groups.

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

Of one step in a process of its own. The peak is resident memory at its highest during the step, less that of the program before it had a network: it
counts the given network, the pruned one, everything in between, and the rubbish of the graph and the plan, which is what a small network is
mostly seen with. The arrays are the weights of the given network, those of the pruned one, and whatever else was not yet collected.

${memoryTable(comparisons)}

## Groups of large networks

A synthetic residual network whose second layers are all tied to one stream. Time grows with layers × channels.

${scalingTable(scaling)}
`;
}
