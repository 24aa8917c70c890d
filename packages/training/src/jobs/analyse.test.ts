import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EspalierError, type AnalyseJob, type Device, type ErrorCode } from '@espalier/core';
import { encodeNetwork } from '@espalier/formats';
import { openBackend } from '@espalier/tensor';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen, smallNetwork } from '../../test/fixtures.ts';
import { runAnalyse, type Planner } from './analyse.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'analyse-'));
  await writeFile(path.join(folder, 'network.zip'), encodeNetwork(smallNetwork()));
});
afterEach(() => rm(folder, { recursive: true }));

const jobOfRound = (round: number): AnalyseJob => ({
  kind: 'analyse',
  workDirectory: folder,
  seed: 1,
  networkPath: path.join(folder, 'network.zip'),
  dataset: { format: 'idx', path: folder },
  method: { name: 'icp', settings: {} },
  target: { measure: 'macs', reductionRatio: 0.5 },
  minimumChannels: 1,
  channelMultiple: 1,
  round,
});

/** A method that can make no plan. */
const without = (code: ErrorCode, message: string): Planner => ({
  collectorFor: () => null,
  searchFor: () => null,
  planPruning: () => {
    throw new EspalierError(code, message);
  },
});
const outOfReach = without('TARGET_OUT_OF_REACH', 'clustering can remove at most 0 % of the macs');

describe('a round that cannot go on', () => {
  it.each([
    {
      name: 'finds nothing to remove',
      planner: without('NOTHING_PRUNED', 'every group stays whole'),
      why: 'every group stays whole',
      level: 'info',
    },
    { name: 'finds less than its share', planner: outOfReach, why: 'clustering can remove at most 0 % of the macs', level: 'warning' },
  ])('since it $name ends the rounds with what those before left', async ({ planner, why, level }) => {
    const { context, heard } = listen(device);
    const { result, outputs } = await runAnalyse(jobOfRound(2), context, planner);
    expect(outputs).toEqual([]);
    expect(result).toMatchObject({ kind: 'analyse', reachedRatio: 0, nothingPruned: why });
    const lines = heard.flatMap((message) => (message.type === 'log' ? [message.line] : []));
    expect(lines).toEqual([{ level, text: `Round 2 removes nothing more: ${why}. The rounds end here.` }]);
  });

  it('since nothing is to go any more ends them as well, and asks no method', async () => {
    const { context, heard } = listen(device);
    const { result, outputs } = await runAnalyse({ ...jobOfRound(3), target: null }, context, without('INTERNAL', 'was asked'));
    const why = 'the rounds before it have removed all that was asked for';
    expect(outputs).toEqual([]);
    expect(result).toMatchObject({ kind: 'analyse', reachedRatio: 0, nothingPruned: why });
    expect(heard).toContainEqual({
      type: 'log',
      line: { level: 'info', text: `Round 3 removes nothing more: ${why}. The rounds end here.` },
    });
  });

  it('is a fault where it is the first, which nothing is lost by', async () => {
    const { context } = listen(device);
    await expect(runAnalyse(jobOfRound(1), context, outOfReach)).rejects.toMatchObject({ code: 'TARGET_OUT_OF_REACH' });
  });

  it('is one as well where something else is wrong', async () => {
    const { context } = listen(device);
    const faulty = without('BAD_NETWORK', 'weights are not finite');
    await expect(runAnalyse(jobOfRound(2), context, faulty)).rejects.toMatchObject({ code: 'BAD_NETWORK' });
  });
});
