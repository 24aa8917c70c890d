import type { NetworkData } from '@espalier/core';
import type { Dataset } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { halves, smallNetwork } from '../../test/fixtures.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { Evaluation, evaluationBatchSize, type Score } from './evaluate.ts';
import { rankOf } from './logits.ts';

beforeAll(() => openBackend());

const refuse = (text: string): never => {
  throw new Error(text);
};

const scoreWith = (batchSize: number): Promise<Score> => scoreOf(smallNetwork(), halves(), batchSize);

async function scoreOf(network: NetworkData, dataset: Dataset, batchSize: number): Promise<Score> {
  const forward = new ForwardPass({ network, batchSize, imageShape: dataset.shape, warn: refuse });
  const evaluation = new Evaluation(forward, dataset, dataset.splits.test);
  while (await evaluation.advance());
  forward.dispose();
  return evaluation.score();
}

describe('an evaluation', () => {
  it('counts every example exactly once, whatever is left over for the last batch', async () => {
    const whole = await scoreWith(33);
    for (const batchSize of [1, 10, 32, 50]) {
      const score = await scoreWith(batchSize);
      expect(score.examples).toBe(33);
      expect(score.accuracy).toBe(whole.accuracy);
      expect(score.loss).toBeCloseTo(whole.loss, 5);
    }
  });

  it('has no top-5 among five classes or fewer', async () => {
    expect(await scoreWith(33)).not.toHaveProperty('top5');
  });

  it('takes batches of nearly equal size', () => {
    expect([1, 200, 201, 2000, 797].map((length) => evaluationBatchSize({ indices: new Uint32Array(length) }))).toEqual([
      1, 200, 101, 200, 200,
    ]);
  });
});

describe('the rank of a class', () => {
  const logits = Float32Array.of(0.1, 3, -2, 3, 0.5, NaN, 7);

  it('is how many are likelier, of equal ones the first, and behind all that is not a number', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((label) => rankOf(label, logits))).toEqual([5, 2, 6, 3, 4, 6, 1]);
  });

  it('is the place in the order by falling logits', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1 }), (values) => {
        const order = values.map((_, index) => index).sort((a, b) => values[b]! - values[a]! || a - b);
        expect(order.map((label) => rankOf(label, Float32Array.from(values)))).toEqual(order.map((_, place) => place));
      }),
    );
  });
});

/** Prefers the first of eight classes to the second and so on, whatever it sees. */
function prejudiced(): NetworkData {
  const net = new TopologyBuilder('prejudiced', [8, 8, 1]);
  const { topology, weights } = initialiseWeights(net.build(net.dense(net.globalAveragePool(net.input, 'pool'), 'classifier', 8)), 1);
  const values = (name: string, length: number): Float32Array =>
    Float32Array.from({ length }, (_, index) => (name.endsWith('bias') ? -index : 0));
  return { topology, weights: weights.map((weight) => ({ ...weight, values: values(weight.name, weight.values.length) })) };
}

describe('top-5', () => {
  it('is the share of pictures whose class is among the five likeliest', async () => {
    const { splits, ...dataset } = halves(90, 40);
    const { images, indices } = splits.test;
    const labels = Uint8Array.from({ length: 40 }, (_, index) => index % 8);
    const split = { name: 'test', images: { ...images, labels }, indices } as const;
    const score = await scoreOf(prejudiced(), { ...dataset, classes: [...'abcdefgh'], splits: { ...splits, test: split } }, 7);
    expect(score).toMatchObject({ examples: 40, accuracy: 1 / 8, top5: 5 / 8 });
  });
});
