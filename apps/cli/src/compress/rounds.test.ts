import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { remainderOf, targetOfRound, type Device, type NetworkData, type Remainder, type Target } from '@espalier/core';
import { encodeNetwork } from '@espalier/formats';
import { dependencyGroups, networkCost, PruningPlanSchema, readGraph } from '@espalier/network';
import { collectorFor, planPruning, searchFor } from '@espalier/pruning';
import { prune } from '@espalier/surgery';
import { JobContext, runAnalyse } from '@espalier/training';
import { buildZooNetwork } from '@espalier/zoo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-rounds-'));
});
afterAll(() => rm(folder, { recursive: true }));

const device: Device = { backend: 'cpu', tensorflow: null, device: 'cpu', oneDnn: false, threads: 1, warning: null };
const context = new JobContext({ device, signal: new AbortController().signal, now: () => performance.now(), say: () => undefined });

/**
 * All of a compression but what costs time: networks are analysed and cut, and neither retrained nor measured. By a method that looks at weights alone, so
 * that no picture is asked for. @returns the network after each round, the original one first.
 */
async function cutInRounds(original: NetworkData, target: Target, rounds: number): Promise<NetworkData[]> {
  const networks = [original];
  const remainders: Remainder[] = [];
  const networkPath = path.join(folder, 'network.zip');
  for (let round = 1; round <= rounds; round++) {
    const network = networks.at(-1)!;
    await writeFile(networkPath, encodeNetwork(network));
    const { result, outputs } = await runAnalyse(
      {
        kind: 'analyse',
        workDirectory: folder,
        seed: 1,
        networkPath,
        dataset: { format: 'idx', path: 'not read' },
        method: { name: 'apssf', settings: {} },
        target: targetOfRound(target, rounds, remainders),
        minimumChannels: 1,
        channelMultiple: 1,
        round,
      },
      context,
      { collectorFor, planPruning, searchFor },
    );
    if (outputs[0] === undefined || result.kind !== 'analyse') break;
    networks.push(prune(network, PruningPlanSchema.parse(JSON.parse(await readFile(outputs[0].path, 'utf8')))));
    remainders.push(remainderOf(result));
  }
  return networks;
}

const macsOf = ({ topology }: NetworkData): number => networkCost(readGraph(topology)).macs;
const widthsOf = ({ topology }: NetworkData): Map<string, number> =>
  new Map(dependencyGroups(readGraph(topology)).map(({ id, channels }) => [id, channels]));

describe.each(['resnet20', 'densenet40'])('rounds of %s', (name) => {
  const network = buildZooNetwork(name, { seed: 1, inputShape: [32, 32, 3] });

  it.each([0.5, 0.9])('for a share of %d of the MACs end just beyond it, and take about the same each', async (reductionRatio) => {
    const networks = await cutInRounds(network, { measure: 'macs', reductionRatio }, 6);
    expect(networks).toHaveLength(7);
    const left = macsOf(networks.at(-1)!) / macsOf(network);
    expect(left).toBeLessThanOrEqual(1 - reductionRatio);
    // The last round overshoots by what a channel weighs in what is left.
    expect(left).toBeGreaterThan(1 - reductionRatio - 0.006);
    const shares = networks.slice(1).map((after, index) => 1 - macsOf(after) / macsOf(networks[index]!));
    expect(Math.max(...shares) / Math.min(...shares)).toBeLessThan(1.25);
  });

  // Down to a single channel of the narrowest groups, which the rounds behind then have to leave alone.
  it('for a share of the channels end at the widths that one round would have left', async () => {
    const target: Target = { measure: 'channels', reductionRatio: 0.95, groups: {} };
    const [, inOne] = await cutInRounds(network, target, 1);
    const inSix = await cutInRounds(network, target, 6);
    expect(inSix.length).toBeGreaterThan(3);
    expect(Math.min(...widthsOf(inOne!).values())).toBe(1);
    expect(widthsOf(inSix.at(-1)!)).toEqual(widthsOf(inOne!));
  });
});
