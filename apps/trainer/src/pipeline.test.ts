import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ClassificationMeasurementSchema, type Job, type JobResult } from '@espalier/core';
import { ChannelProvenanceSchema } from '@espalier/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTrainer } from '../test/child.ts';
import { writeSmallDataset, writeSmallNetwork } from '../test/small-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pipeline-'));
  await writeSmallNetwork(path.join(folder, 'network.zip'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a job to its end and returns its finding and the path of its output, if it has one. */
async function finish(job: Job): Promise<{ result: JobResult; output: string }> {
  const { messages } = await runTrainer(job, path.join(folder, 'job.json'));
  const last = messages.at(-1)!;
  if (last.type !== 'done') throw new Error(`the job ended with ${JSON.stringify(last)}`);
  return { result: last.result, output: last.outputs[0]?.path ?? '' };
}

/** Each job starts TensorFlow anew, which takes seconds on a busy machine. */
describe('the jobs of a compression', { timeout: 240_000 }, () => {
  it('analyse, prune and evaluate agree on what the small network costs', async () => {
    const dataset = await writeSmallDataset(path.join(folder, 'data'));
    const networkPath = path.join(folder, 'network.zip');
    const base = (work: string) => ({ workDirectory: path.join(folder, work), seed: 1, dataset });

    const analysed = await finish({
      ...base('analyse'),
      kind: 'analyse',
      networkPath,
      method: { name: 'exp', settings: {} },
      target: { measure: 'macs', reductionRatio: 0.4 },
      minimumChannels: 1,
      channelMultiple: 1,
      round: 1,
    });
    if (analysed.result.kind !== 'analyse') throw new Error('not an analysis');
    expect(analysed.result.reachedRatio).toBeGreaterThanOrEqual(0.4);

    const pruned = await finish({ ...base('prune'), kind: 'prune', networkPath, planPath: analysed.output });
    if (pruned.result.kind !== 'prune') throw new Error('not a pruning');
    expect(pruned.result.after).toEqual(analysed.result.predicted);
    expect(pruned.result.maskedDifference).toBeLessThan(1e-4);
    expect(pruned.result.widths.find(({ layer }) => layer === 'inner')?.after).toBeLessThan(6);

    const networks = [
      { name: 'before', path: networkPath },
      { name: 'after', path: pruned.output },
    ];
    const planPaths = [analysed.output];
    const { result, output } = await finish({ ...base('evaluate'), kind: 'evaluate', networks, split: 'test', latency: true, planPaths });
    const provenance = ChannelProvenanceSchema.parse(JSON.parse(await readFile(output, 'utf8')));
    const width = pruned.result.widths.find(({ layer }) => layer === 'inner');
    expect(provenance.layers.find(({ layer }) => layer === 'inner')).toMatchObject({ before: width?.before });
    expect(provenance.layers.find(({ layer }) => layer === 'inner')?.channels).toHaveLength(width?.after ?? 0);
    expect(provenance.rounds).toMatchObject([{ method: 'exp', round: 1 }]);
    if (result.kind !== 'evaluate') throw new Error('not an evaluation');
    expect(result.measurements['after']).toMatchObject({
      ...pruned.result.after,
      examples: 30,
      accuracy: ClassificationMeasurementSchema.parse(pruned.result.measurement).accuracy,
    });
    expect(result.measurements['before']).toMatchObject(pruned.result.before);
    expect(result.layers['after']?.find(({ name }) => name === 'classifier')?.outputShape).toEqual([3]);
    for (const name of ['before', 'after']) expect(result.measurements[name]?.latency?.medianMs).toBeGreaterThan(0);
  });

  it('refuse a plan that was made for another network', async () => {
    const dataset = await writeSmallDataset(path.join(folder, 'data'));
    const planPath = path.join(folder, 'foreign-plan.json');
    await writeFile(planPath, JSON.stringify({ version: 1, network: '0'.repeat(64), keep: {} }));
    const networkPath = path.join(folder, 'network.zip');
    const refused = finish({ kind: 'prune', workDirectory: path.join(folder, 'work'), seed: 1, dataset, networkPath, planPath });
    await expect(refused).rejects.toThrow(/was made for another network/);
  });
});
