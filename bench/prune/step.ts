import process from 'node:process';
import { createGenerator, type NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph, widthAt } from '@espalier/network';
import { methodNamed, observe } from '@espalier/pruning';
import { prune } from '@espalier/surgery';
import type { StepTime } from './result.ts';

const halfWidth = 0.5;

/** What is timed: from a network in memory to its graph, its groups, the score of every filter, and the network of half the width. */
export function pruneToHalf(network: NetworkData): { pruned: NetworkData; time: StepTime } {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph).filter(({ prunable }) => prunable);
  const grouped = performance.now();
  const widths = Object.fromEntries(groups.map((group) => [group.id, widthAt(group, halfWidth, {})]));
  const choices = methodNamed('l2').choose(observe(network, graph, groups), {
    settings: {},
    widths,
    generator: (...purpose) => createGenerator(1, ...purpose),
  });
  const keep = Object.fromEntries(Object.entries(choices).map(([id, choice]) => [id, [...choice.keep]]));
  const pruned = prune(network, { keep });
  const total = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { pruned, time: { groups: grouped - start, total, cpu: (user + system) / 1000 } };
}
