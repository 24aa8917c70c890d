import os from 'node:os';
import { Command } from 'commander';
import { EspalierError } from '@espalier/core';
import type { LatencyComparison, LatencyMeasurement, LatencyOptions, LatencySubject } from '@espalier/formats';
import { networkCost, readGraph } from '@espalier/network';
import { positiveWholeNumber, wholeNumber } from '../arguments.ts';
import { withExamples } from '../help.ts';
import { type NetworkChoices, openNetwork, openTopology } from '../networks/open.ts';
import { choicesOf, networkArgument, type NetworkFlags, withWeightOptions } from '../networks/options.ts';
import { onnxBytes } from '../networks/runner.ts';
import type { Output } from '../output.ts';
import { count, table } from '../table.ts';

interface LatencyFlags extends NetworkFlags {
  threads: number;
  batch: number;
  warmUp: number;
  repetitions: number;
}

/** A network, how it is timed, and what it should cost: null for an ONNX file with operators that are not known here. */
interface Subject {
  readonly network: string;
  readonly timed: LatencySubject;
  readonly macs: number | null;
}

export const latencyCommand = (output: () => Output): Command =>
  withExamples(
    withWeightOptions(
      new Command('latency')
        .description('measure a network in ONNX Runtime on this machine, or two in turn, and say which is faster')
        .argument('<network>', networkArgument)
        .argument('[other]', 'what to compare it with, such as its pruned self'),
    )
      .option('--threads <count>', 'threads that share one operator’s work', positiveWholeNumber, 1)
      .option('--batch <count>', 'pictures of one run', positiveWholeNumber, 1)
      .option('--warm-up <count>', 'runs before the first that counts', wholeNumber, 20)
      .option('--repetitions <count>', 'runs that count; a large network gets fewer', positiveWholeNumber, 200)
      .action(async (named: string, other: string | undefined, flags: LatencyFlags) => {
        const { threads, batch, warmUp, repetitions } = flags;
        const options: LatencyOptions = { threads, batch, warmUp, repetitions };
        const names = other === undefined ? [named] : [named, other];
        const choices = choicesOf(flags, ...names);
        const subject = await openSubject(named, choices);
        const { measureLatency, compareLatency } = await import('@espalier/formats');
        const cores = os.availableParallelism();
        if (threads > cores) output().note(`warning: ${threads} threads on ${cores} cores wait for each other`);
        output().progress('measuring');
        if (other === undefined) {
          const measurement = await measureLatency(subject.timed, options);
          output().result({ network: named, macs: subject.macs, ...measurement }, latencyText([[subject, measurement]]));
          return;
        }
        const otherSubject = await openSubject(other, choices);
        const comparison = await compareLatency(subject.timed, otherSubject.timed, options);
        const isCheaper = subject.macs !== null && otherSubject.macs !== null && otherSubject.macs < subject.macs;
        const slowerThoughCheaper = isCheaper && comparison.verdict === 'slower';
        const { a, b, ratio, verdict } = comparison;
        const [first, second] = [
          { network: named, macs: subject.macs, ...a },
          { network: other, macs: otherSubject.macs, ...b },
        ];
        output().result({ a: first, b: second, ratio, verdict, slowerThoughCheaper }, comparedText(subject, otherSubject, comparison));
        if (slowerThoughCheaper) output().note(`warning: ${other} costs fewer MACs than ${named} and is slower all the same`);
      }),
    [
      ['espalier latency resnet56', 'one thread, one picture'],
      ['espalier latency trained/ pruned.onnx --threads 4 --batch 8', 'the two in turn'],
    ],
  );

async function openSubject(named: string, choices: NetworkChoices): Promise<Subject> {
  const onnx = await onnxBytes(named);
  if (onnx !== null) return { network: named, timed: onnx, macs: await macsOfFile(named, choices) };
  const { network } = await openNetwork(named, choices);
  return { network: named, timed: network, macs: networkCost(readGraph(network.topology)).macs };
}

async function macsOfFile(named: string, choices: NetworkChoices): Promise<number | null> {
  try {
    return networkCost(readGraph(await openTopology(named, choices))).macs;
  } catch (error) {
    if (error instanceof EspalierError && error.code === 'UNSUPPORTED_LAYER') return null;
    throw error;
  }
}

function latencyText(rows: readonly (readonly [Subject, LatencyMeasurement])[]): string {
  const [[, { runtime, processor, threads, batch, warmUp }]] = rows as [readonly [Subject, LatencyMeasurement]];
  const header = ['network', 'MACs', 'median', '95 % interval', 'runs', 'outliers'];
  const cells = rows.map(([{ network, macs }, { medianMs, lowMs, highMs, repetitions, outliers }]) => [
    network,
    macs === null ? '' : count(macs),
    `${medianMs.toFixed(3)} ms`,
    `${lowMs.toFixed(3)} to ${highMs.toFixed(3)}`,
    count(repetitions),
    count(outliers),
  ]);
  const setting = `${runtime}, ${threads} thread${threads === 1 ? '' : 's'}, batch ${batch}, after ${warmUp} runs to warm up, on ${processor}`;
  return `${table(header, cells)}\n\n${setting}`;
}

function comparedText(a: Subject, b: Subject, comparison: LatencyComparison): string {
  const { median, low, high } = comparison.ratio;
  const times = latencyText([
    [a, comparison.a],
    [b, comparison.b],
  ]);
  const verdict = comparison.verdict === 'no difference' ? 'no difference can be told' : `${b.network} is ${comparison.verdict}`;
  return `${times}\n${verdict}: it takes ${median.toFixed(3)} of the time of ${a.network} (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`;
}
