import path from 'node:path';
import { World } from '@espalier/compression-workflow/testing';
import { DetectionMeasurementSchema, type DetectionMeasurement, type RecipeInput } from '@espalier/core';
import { RunResultSchema, readLineage } from '@espalier/database';
import { writeScenes } from '@espalier/datasets';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { artifactOf, compressByCommandLine } from '../test/command-line.ts';
import { WorkerProcess } from '../test/worker-process.ts';

// Every stage is a trainer process, on two processors that are shared with whatever else is tested at the time.
vi.setConfig({ testTimeout: 600_000 });

const epochs = (count: number) => ({ epochs: count, batchSize: 8, learningRate: 0.02, validationRatio: 0.25 });
const compression = {
  kind: 'compression',
  seed: 5,
  method: { name: 'l1' },
  target: { measure: 'parameters', reductionRatio: 0.6 },
  retraining: epochs(1),
  distillation: null,
} as const satisfies RecipeInput;

/** Without the time of a picture, which is another whenever it is taken. */
const withoutLatency = (measurement: unknown): DetectionMeasurement => {
  const { latency: _latency, ...rest } = DetectionMeasurementSchema.parse(measurement);
  return rest;
};

let world: World;
let scenes: string;
beforeAll(async () => {
  world = await World.open();
  ({ path: scenes } = await writeScenes(path.join(world.folder, 'datasets/scenes'), { training: 16, test: 6, seed: 3 }));
});
afterAll(() => world.close());

describe('a detector, by a worker', () => {
  it('is trained, pruned, retrained and judged by mean average precision, to the bytes of the command line', async () => {
    const worker = await WorkerProcess.start(world);
    const datasetId = await world.registerDataset(scenes, 'voc');
    // Six shapes and the background.
    const modelId = await world.registerModel({ architecture: 'ssd-vgg16-quarter', inputShape: [64, 64, 3], classes: 7 });
    const training = await world.endOf(await world.startRun({ kind: 'training', training: epochs(2) }, { modelId, datasetId }));
    expect(training.error).toBeNull();
    const parent = training.output!;
    const run = await world.endOf(await world.startRun(compression, { modelId, datasetId, inputVersionId: parent.id }));
    expect(run.error).toBeNull();
    expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });

    expect(run.status).toBe('succeeded');
    expect(run.stages.map(({ name, status }) => [name, status])).toEqual(
      ['analyse', 'prune', 'retrain', 'evaluate', 'register'].map((name) => [name, 'succeeded']),
    );
    const series = [...new Set([...training.points, ...run.points].map((point) => point.series))];
    const verdicts = ['train', 'retrain/1'].map((part) => `${part}/validation-mean-average-precision`);
    expect(series).toEqual(expect.arrayContaining(verdicts));
    expect(series.filter((name) => name.includes('accuracy'))).toEqual([]);

    const version = run.output!;
    const { before, afterPruning, after, target } = RunResultSchema.parse(run.result);
    const measurement = withoutLatency(version.measurement);
    expect(measurement).toEqual(withoutLatency(after));
    expect(measurement).toMatchObject({ split: 'test', examples: 6 });
    expect(measurement.classes.map(({ name }) => name)).toEqual(['cross', 'disc', 'ring', 'square', 'star', 'triangle']);
    expect(withoutLatency(parent.measurement)).toEqual(withoutLatency(before));
    expect(withoutLatency(afterPruning).parameters).toBe(Number(version.parameters));
    expect(target).toMatchObject({ measure: 'parameters', askedRatio: 0.6 });
    expect(target!.reachedRatio).toBeGreaterThanOrEqual(0.6);
    expect(target!.reachedRatio).toBeCloseTo(1 - Number(version.parameters) / Number(parent.parameters), 12);

    const byCommandLine = await compressByCommandLine(world, { parent: parent.digest, dataset: scenes, recipe: compression });
    const result = JSON.parse(byCommandLine('result.json'));
    expect(version.digest).toBe(result.network.digest);
    expect(measurement.meanAveragePrecision).toEqual(result.after.meanAveragePrecision);
    expect(await artifactOf(world, run.id, 'analyse', 'plan')).toBe(byCommandLine('analyse-1/plan.json'));
    expect(await artifactOf(world, run.id, 'evaluate', 'provenance')).toBe(byCommandLine('provenance.json'));

    const lineage = await readLineage(world.database, { organizationId: world.organizationId, id: version.id, depth: 10 });
    expect(lineage!.edges).toHaveLength(5);
    expect(lineage!.edges).toEqual(
      expect.arrayContaining([
        { from: datasetId, to: training.id, role: 'dataset' },
        { from: training.id, to: parent.id, role: 'output' },
        { from: parent.id, to: run.id, role: 'input' },
        { from: datasetId, to: run.id, role: 'dataset' },
        { from: run.id, to: version.id, role: 'output' },
      ]),
    );
    expect(version.parentId).toBe(parent.id);
  });
});
