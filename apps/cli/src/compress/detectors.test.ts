import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DetectionMeasurementSchema, type DetectionMeasurement } from '@espalier/core';
import { writeScenes } from '@espalier/datasets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { espalier, espalierInside, resultOf } from '../../test/espalier.ts';
import { smallDetector, shapeClasses } from '../../test/small-detector.ts';
import { smallNetwork, writeBrightHalves } from '../../test/small.ts';
import type { CompressionResult, DetectorStanding } from './result.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
const learning = ['--batch-size', '4', '--learning-rate', '0.02'];

const compression = (network: string, out: string, dataset = 'scenes'): string[] => [
  'compress',
  '--model',
  network,
  '--dataset',
  at(dataset),
  '--out',
  at(out),
  ...learning,
];

/** What a table holds of a share. */
const asPercent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Starting the program, and TensorFlow, takes seconds on a busy machine. */
describe('a detector, from the command line', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-detectors-'));
    await writeScenes(at('scenes'), { training: 14, test: 5, seed: 3 });
    await writeFile(at('untrained.zip'), smallDetector());
    const trained = await espalier('train', '--network', at('untrained.zip'), '--dataset', at('scenes'), '--out', at('trained'), '--epochs', '30', ...learning); // prettier-ignore
    expect(trained.stderr + trained.stdout).toContain('trained');
    expect(trained.code).toBe(0);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  const trained = (): string => at('trained/network.zip');

  it('is measured by mean average precision, by both definitions and by class', async () => {
    const found = await resultOf('evaluate', trained(), at('untrained.zip'), '--dataset', at('scenes'), '--split', 'training');
    const [after, before] = Object.values(found.measurements as Record<string, unknown>).map((one) =>
      DetectionMeasurementSchema.parse(one),
    );
    expect(Object.values(found.measurements).every((one) => !('accuracy' in (one as object)))).toBe(true);
    const { classes, meanAveragePrecision, examples } = after as DetectionMeasurement;
    expect(examples).toBeGreaterThanOrEqual(12);
    expect(classes.map(({ name }) => name)).toEqual(shapeClasses);
    for (const definition of ['voc07', 'area'] as const) {
      const precisions = classes.flatMap(({ averagePrecision }) => (averagePrecision === null ? [] : [averagePrecision[definition]]));
      expect(meanAveragePrecision[definition]).toBeCloseTo(precisions.reduce((sum, value) => sum + value, 0) / precisions.length, 12);
      // Thirty passes over a dozen scenes are enough to find some of their objects again.
      expect(meanAveragePrecision[definition]).toBeGreaterThan(before!.meanAveragePrecision[definition]);
    }
  });

  it('is compressed like any network, and judged as a detector all the way', async () => {
    const result: CompressionResult = await resultOf(
      ...compression(trained(), 'small'),
      ...'--method l1 --parameters 0.3 --epochs 2'.split(' '),
    );
    const [before, after] = [result.before, result.after] as DetectorStanding[];
    expect(after!.parameters).toBeLessThanOrEqual(0.7 * before!.parameters);
    expect(result.reached.reductionRatio).toBeCloseTo(1 - after!.parameters / before!.parameters, 12);
    for (const standing of [result.before, result.afterPruning, result.after])
      expect(Object.keys(standing)).toEqual(expect.arrayContaining(['meanAveragePrecision', 'classes', 'parameters', 'macs', 'bytes']));
    expect(JSON.stringify(result)).not.toMatch(/accuracy/i);
    expect(result.recipe.distillation).toBeNull();
    const report = await readFile(at('small/report.md'), 'utf8');
    expect(report).not.toMatch(/accuracy/i);
    expect(report).toContain(asPercent(after!.meanAveragePrecision.voc07));
    for (const { name, objects } of before!.classes) expect(report).toContain(`| ${name} | ${objects} |`);

    const { stdout, code } = await espalier('evaluate', at('small/network.zip'), '--dataset', at('scenes'));
    expect(code).toBe(0);
    expect(stdout).toContain('mAP, 11 points');
    expect(stdout).toContain(asPercent(after!.meanAveragePrecision.area));
  });

  it('is cut by methods that look at its maps or its gradients', async () => {
    for (const method of ['hrank', 'taylor']) {
      const result: CompressionResult = await resultOf(
        ...compression(trained(), method),
        ...`--method ${method} --macs 0.2 --epochs 1`.split(' '),
      );
      expect(result.after.macs).toBeLessThanOrEqual(0.8 * result.before.macs);
    }
  });

  it('is cut to the widths that a search by mean average precision finds', async () => {
    // Of fewer than five scenes of a class none would be held out.
    await writeScenes(at('more'), { training: 48, test: 5, seed: 3 });
    const fitness = { recalibrationImages: 8, images: 4 };
    const method = { name: 'acp', settings: { images: 8, particles: 2, cycles: 1, fitness } };
    await writeFile(at('acp.json'), JSON.stringify({ kind: 'compression', method }));
    const asked = ['--recipe', at('acp.json'), ...'--macs 0.2 --epochs 1'.split(' ')];
    const result: CompressionResult = await resultOf(...compression(trained(), 'acp', 'more'), ...asked);
    expect(result.after.macs).toBeLessThanOrEqual(0.8 * result.before.macs);
    const { provenance } = JSON.parse(await readFile(at('acp/analyse-1/plan.json'), 'utf8'));
    expect(provenance.search).toMatchObject({ algorithm: 'particle swarm', measure: 'mean-average-precision' });
    expect(provenance.search.evaluations).toBeGreaterThan(1);
  });

  it('says how much each group matters, by mean average precision, and measures it once', async () => {
    const asked = [
      'sensitivity',
      '--model',
      trained(),
      '--dataset',
      at('scenes'),
      '--split',
      'training',
      '--ratios',
      '0.5',
      '--cache',
      at('cache'),
    ];
    const report = await resultOf(...asked);
    expect(report.measured).toBe(report.groups.length);
    for (const { points } of report.groups) {
      const [{ meanAveragePrecision, change }] = points;
      const difference = meanAveragePrecision.voc07.estimate - report.meanAveragePrecision.voc07.estimate;
      expect(change.voc07.estimate).toBeCloseTo(difference, 12);
      expect(change.voc07.low).toBeLessThanOrEqual(change.voc07.high);
    }
    const again = await espalier(...asked);
    expect(again.stdout).toContain(`Whole: mAP ${asPercent(report.meanAveragePrecision.voc07.estimate)}`);
    expect(again.stdout).not.toMatch(/accuracy/i);
  });

  it('is cut uniformly without any data', async () => {
    const pruned = await resultOf('prune', trained(), '--ratio', '0.5', '--out', at('uniform.zip'));
    expect(pruned).toMatchObject({ equal: true });
    const { measurements } = await resultOf('evaluate', at('uniform.zip'), '--dataset', at('scenes'));
    expect(DetectionMeasurementSchema.parse(Object.values(measurements as object)[0]).parameters).toBe(pruned.after.parameters);
  });
});

describe('what does not go together', { timeout: 240_000 }, () => {
  let work: string;
  const file = (name: string): string => path.join(work, name);
  beforeAll(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), 'espalier-misfits-'));
    await writeScenes(file('scenes'), { training: 14, test: 5, seed: 3 });
    await writeBrightHalves(work);
    await writeFile(file('classifier.zip'), smallNetwork());
    await writeFile(file('detector.zip'), smallDetector());
    await writeFile(file('narrow.zip'), smallDetector(4));
    await cp(file('scenes'), file('unlisted'), { recursive: true });
    await rm(file('unlisted/ImageSets/Main/test.txt'));
    await cp(file('scenes'), file('empty'), { recursive: true });
    await writeFile(file('empty/ImageSets/Main/test.txt'), '');
    const recipe = { kind: 'compression', distillation: { temperature: 4, alpha: 0.5 } };
    await writeFile(file('distilled.json'), JSON.stringify(recipe));
  });
  afterAll(() => rm(work, { recursive: true }));

  const budget = ['--macs', '0.3', '--epochs', '1', ...learning];
  const asks = [
    { name: 'a classifier on scenes', args: ['evaluate', 'classifier.zip', '--dataset', 'scenes'], says: /no detector of SSD's kind: it gives \[2\]/ },
    { name: 'a classifier that is to be compressed on scenes', args: ['compress', '--model', 'classifier.zip', '--dataset', 'scenes', '--out', 'a', ...budget], says: /no detector of SSD's kind/ },
    { name: 'a detector on pictures with classes', args: ['evaluate', 'detector.zip', '--dataset', '.'], says: /takes \[32, 32, 3\], but the dataset has pictures of \[8, 8, 1\]/ },
    { name: 'a head with fewer classes than the dataset', args: ['evaluate', 'narrow.zip', '--dataset', 'scenes'], says: /tells 4 classes and the background apart, but the dataset has 6 classes/ },
    { name: 'scenes without a test list', args: ['evaluate', 'detector.zip', '--dataset', 'unlisted'], says: /lists no pictures to test with/ },
    { name: 'an empty test list', args: ['evaluate', 'detector.zip', '--dataset', 'empty'], says: /lists no pictures to test with/ },
    { name: 'a teacher', args: ['compress', '--model', 'detector.zip', '--dataset', 'scenes', '--out', 'b', '--recipe', 'distilled.json', ...budget], says: /a detector is not distilled/ },
    { name: 'a comparison of methods', args: ['compare-methods', '--networks', 'detector.zip', '--dataset', 'scenes', '--out', 'd'], says: /compared by accuracy/ },
  ]; // prettier-ignore

  it.each(asks)('is refused by name: $name', async ({ args, says }) => {
    const files = new Set(['scenes', '.', 'unlisted', 'empty', 'distilled.json', 'a', 'b', 'c', 'd']);
    const named = args.map((word) => (files.has(word) || word.endsWith('.zip') ? file(word) : word));
    const { code, stdout } = await espalierInside(...named, '--json');
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.message).toMatch(says);
    expect(error.code).not.toBe('INTERNAL');
    expect(code).toBeGreaterThan(0);
  });
});
