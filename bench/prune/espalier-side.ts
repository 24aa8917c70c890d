/**
 * One process of Espalier's side: prunes one network to half its width, a number of times, and prints a `SideResult`; with `memory` once, and prints
 * an `EspalierMemory`.
 *
 *   node --expose-gc --import tsx bench/prune/espalier-side.ts time|memory <zoo name> [repetitions]
 */
import process from 'node:process';
import type { NetworkData } from '@espalier/core';
import { networkCost, readGraph } from '@espalier/network';
import { buildZooNetwork } from '@espalier/zoo';
import { peakMemory, residentMemory, resetPeakMemory } from '../harness/memory.ts';
import type { EspalierMemory, SideResult, StepTime } from './result.ts';
import { pruneToHalf } from './step.ts';

/** The same network with a topology of its own, so that nothing that was found out about it before is still known. */
const readAnew = ({ topology, weights }: NetworkData): NetworkData => ({ topology: structuredClone(topology), weights });

function timed(name: string, repetitions: number): SideResult {
  const network = buildZooNetwork(name, { seed: 1 });
  const first = pruneToHalf(network);
  const later: StepTime[] = [];
  for (let index = 1; index < repetitions; index++) later.push(pruneToHalf(readAnew(network)).time);
  const before = networkCost(readGraph(network.topology));
  const after = networkCost(readGraph(first.pruned.topology));
  return {
    first: first.time,
    later,
    parameters: before.parameters,
    macs: before.macs,
    parametersAfter: after.parameters,
    macsAfter: after.macs,
    versions: [],
  };
}

function measureMemory(name: string): EspalierMemory {
  // The smallest network first, so that the code is loaded and compiled before the base line is taken.
  pruneToHalf(buildZooNetwork('resnet20', { seed: 1 }));
  const network = buildZooNetwork(name, { seed: 1 });
  const weightBytes = network.weights.reduce((total, { values }) => total + values.byteLength, 0);
  if (globalThis.gc === undefined) throw new Error('the base line needs node --expose-gc');
  globalThis.gc();
  const base = residentMemory() - weightBytes;
  resetPeakMemory();
  pruneToHalf(network);
  return { weightBytes, peakBytes: peakMemory() - base, arrayBytes: process.memoryUsage().arrayBuffers };
}

const [mode, name, repetitions = '5'] = process.argv.slice(2);
if (name === undefined || (mode !== 'time' && mode !== 'memory'))
  throw new Error('usage: espalier-side.ts time|memory <zoo name> [repetitions]');
console.log(JSON.stringify(mode === 'time' ? timed(name, Number(repetitions)) : measureMemory(name)));
