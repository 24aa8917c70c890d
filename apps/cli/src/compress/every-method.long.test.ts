import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { decodeIdx, encodeIdx, idxFileNames, writeDigits } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../../test/espalier.ts';
import { smallArchitectures } from '../../test/small-architectures.ts';
import type { ClassifierStanding, CompressionResult } from './result.ts';

/*
 * The five papers' methods on the five families of networks, trained on a quarter of the digits, by the command line from the first weights to
 * the last measurement. Searches are shortened; everything else is what the methods do by default.
 */

let folder: string;
let digits: string;
const at = (...parts: string[]): string => path.join(folder, ...parts);

/** Every fourth of the digits: 2,000 to learn from and 500 to test by, all classes in proportion. */
async function writeQuarter(): Promise<void> {
  await writeDigits(digits);
  for (const name of Object.values(idxFileNames)) {
    const { shape, values } = decodeIdx(await readFile(path.join(digits, name)), name);
    const size = values.length / shape[0]!;
    const kept = Array.from({ length: Math.floor(shape[0]! / 4) }, (_, index) => values.subarray(4 * index * size, (4 * index + 1) * size));
    await writeFile(path.join(digits, name), encodeIdx({ shape: [kept.length, ...shape.slice(1)], values: Buffer.concat(kept) }));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-every-method-'));
  digits = at('digits');
  await writeQuarter();
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const methods: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  mcicp: {},
  acp: { particles: 4, cycles: 2, fitness: { images: 200, recalibrationImages: 256 } },
  icp: {},
  apssf: {},
  exp: {},
};

/**
 * The least accuracy on the test split, before and after. Measured after retraining, the worst of the methods: ResNet-20 96.0 %, VGG 95.2 %, DenseNet 94.0 %,
 * GoogLeNet 93.6 % (of three; all five with two epochs each 76.4 %), MobileNet 72.4 %; guessing gives 10 %. The room below is for processors that round in
 * another way, which leads short trainings elsewhere.
 */
const leastAccuracies = { resnet20: 0.9, 'vgg-small': 0.88, 'densenet-small': 0.86, 'googlenet-small': 0.7, 'mobilenet-small': 0.55 };

describe.each(Object.entries(leastAccuracies))('%s, trained on digits,', (architecture, leastAccuracy) => {
  const network = (): string => at(architecture, 'trained', 'network.zip');
  beforeAll(async () => {
    const untrained = at(`${architecture}.zip`);
    await writeFile(untrained, encodeNetwork(smallArchitectures[architecture]!(1)));
    const learning = ['--epochs', '5', '--batch-size', '32', '--learning-rate', '0.05'];
    await resultOf('train', '--network', untrained, '--dataset', digits, '--out', at(architecture, 'trained'), ...learning);
  }, 900_000);

  it.each(Object.keys(methods))(
    'is compressed by %s to half of its MACs and learns its digits again',
    async (name) => {
      const recipe = at(architecture, `${name}.json`);
      await writeFile(
        recipe,
        JSON.stringify({
          kind: 'compression',
          method: { name, settings: methods[name] },
          target: { measure: 'macs', reductionRatio: 0.5 },
          retraining: { epochs: 3, batchSize: 32, learningRate: 0.02 },
        }),
      );
      const out = at(architecture, name);
      const asked = ['--model', network(), '--dataset', digits, '--recipe', recipe, '--out', out];
      const { before, after, reached, groups } = (await resultOf('compress', ...asked)) as CompressionResult;
      const pruned = JSON.parse(await readFile(path.join(out, 'prune-1/outcome.json'), 'utf8')) as { result: { maskedDifference: number } };
      const accuracies = [before, after].map((standing) => (standing as ClassifierStanding).accuracy);
      expect(reached.reductionRatio).toBeGreaterThanOrEqual(0.5);
      expect(reached.reductionRatio).toBeLessThan(0.6);
      expect(groups.some((group) => group.after < group.before)).toBe(true);
      // What the cut network gives out is what the masked one does, to the rounding of single precision.
      expect(pruned.result.maskedDifference).toBeLessThan(1e-4);
      expect(accuracies[0]).toBeGreaterThan(leastAccuracy);
      expect(accuracies[1]).toBeGreaterThan(leastAccuracy);
    },
    900_000,
  );
});
