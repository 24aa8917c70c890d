import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DetectionMeasurementSchema, JobResultSchema, type DatasetLocation, type Device, type NetworkData } from '@espalier/core';
import { writeScenes } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDetector } from '../../test/detector.ts';
import { listen } from '../../test/fixtures.ts';
import { runEvaluate } from './evaluate.ts';
import { runInspectDataset } from './inspect-dataset.ts';

let device: Device;
let folder: string;
let dataset: DatasetLocation;
const base = () => ({ workDirectory: folder, seed: 1 });
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'detector-jobs-'));
  dataset = await writeScenes(path.join(folder, 'scenes'), { training: 14, test: 5, seed: 3 });
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, network: NetworkData): Promise<{ name: string; path: string }> {
  const file = path.join(folder, `${name}.zip`);
  await writeFile(file, encodeNetwork(network));
  return { name, path: file };
}

const evaluate = async (networks: readonly { name: string; path: string }[], split: 'test' | 'training' = 'test', on = dataset) =>
  runEvaluate({ ...base(), kind: 'evaluate', networks: [...networks], dataset: on, split, latency: false }, listen(device).context);

describe('jobs on scenes', () => {
  it('measure detectors of different input sizes side by side, in a message that a trainer may send', async () => {
    const small = await fileOf('small', smallDetector({ classCount: 7, side: 16 }));
    const large = await fileOf('large', smallDetector({ classCount: 7, side: 32 }));
    const { result } = await evaluate([small, large, small]);
    const sent = JobResultSchema.parse(JSON.parse(JSON.stringify(result)));
    expect(sent).toEqual(result);
    const measured = result.kind === 'evaluate' ? Object.values(result.measurements) : [];
    expect(measured.map((one) => DetectionMeasurementSchema.parse(one).examples)).toEqual([5, 5]);
  });

  it('refuse a network that gives no numbers', async () => {
    const network = smallDetector({ classCount: 7, side: 16 });
    network.weights.find(({ name }) => name === 'classes0/kernel')!.values.fill(3e38);
    await expect(evaluate([await fileOf('broken', network)])).rejects.toMatchObject({ code: 'LOSS_NOT_FINITE', path: ['broken'] });
  });

  it('refuse a split whose objects are all too difficult to count', async () => {
    const hard = await writeScenes(path.join(folder, 'hard'), { training: 14, test: 5, seed: 3 });
    const tested = (await readFile(path.join(hard.path, 'ImageSets/Main/test.txt'), 'utf8')).trim().split('\n');
    for (const name of tested) {
      const file = path.join(hard.path, 'Annotations', `${name.trim()}.xml`);
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll('<difficult>0', '<difficult>1'));
    }
    const network = await fileOf('small', smallDetector({ classCount: 7, side: 16 }));
    await expect(evaluate([network], 'test', hard)).rejects.toMatchObject({ code: 'BAD_DATASET' });
    expect((await evaluate([network], 'training', hard)).result.kind).toBe('evaluate');
  });

  it('read a dataset through and count its objects', async () => {
    const { result } = await runInspectDataset({ ...base(), kind: 'inspect-dataset', dataset }, listen(device).context);
    const summary = result.kind === 'inspect-dataset' ? result.summary : null;
    expect(summary).toMatchObject({ classes: ['cross', 'disc', 'ring', 'square', 'star', 'triangle'] });
    const objects = summary!.splits.map(({ perClass }) => perClass.reduce((sum, count) => sum + count, 0));
    // A scene shows one object at least.
    expect(objects[0]).toBeGreaterThanOrEqual(14);
    expect(objects[1]).toBeGreaterThanOrEqual(5);
    expect(summary!.samples.length).toBeGreaterThan(5);
  });
});
