import type { Topology } from '@espalier/core';
import { costAfter, cutTopology, dependencyGroups, diff, inspect, keptChannels, networkCost, readGraph } from '@espalier/network';
import { median } from '../harness/median.ts';

/** Milliseconds: the first time of its kind in a process, and the median of the times after it. */
export interface Times {
  readonly first: number;
  readonly later: number;
}

export interface NetworkTimes {
  readonly name: string;
  readonly layers: number;
  readonly groups: number;
  readonly cost: Times;
  readonly inspect: Times;
  /** Against itself with half of every group. */
  readonly diff: Times;
}

/** Everything that is asked of a topology before anything runs, each time of one of which nothing is known yet. */
export function measureNetwork(name: string, topology: Topology, repetitions: number): NetworkTimes {
  const graph = readGraph(topology);
  const halved = halve(topology);
  const anew = () => structuredClone(topology);
  const halvedAnew = () => structuredClone(halved);
  return {
    name,
    layers: graph.nodes.length,
    groups: dependencyGroups(graph).length,
    cost: timed(repetitions, anew, (fresh) => networkCost(readGraph(fresh))),
    inspect: timed(repetitions, anew, (fresh) => inspect(fresh)),
    diff: timed(
      repetitions,
      () => [anew(), halvedAnew()] as const,
      ([before, after]) => diff(before, after),
    ),
  };
}

function halve(topology: Topology): Topology {
  const graph = readGraph(topology);
  const groups = dependencyGroups(graph).filter(({ prunable }) => prunable);
  const everySecond = (channels: number) => Array.from({ length: Math.ceil(channels / 2) }, (_, index) => 2 * index);
  const keep = Object.fromEntries(groups.map(({ id, channels }) => [id, everySecond(channels)]));
  const halved = cutTopology(graph, keptChannels(graph, { keep }));
  const widths = Object.fromEntries(Object.entries(keep).map(([id, channels]) => [id, channels.length]));
  const { parameters } = costAfter(graph, dependencyGroups(graph), widths);
  if (networkCost(readGraph(halved)).parameters !== parameters) throw new Error('the halved network does not cost what was predicted');
  return halved;
}

function timed<Input>(repetitions: number, prepare: () => Input, work: (input: Input) => unknown): Times {
  const times = Array.from({ length: repetitions }, () => {
    const input = prepare();
    const start = performance.now();
    work(input);
    return performance.now() - start;
  });
  return { first: times[0]!, later: median(times.slice(1)) };
}
