import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { halves, smallNetwork } from '../../test/fixtures.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { Evaluation, evaluationBatchSize, type Score } from './evaluate.ts';

beforeAll(() => openBackend());

const refuse = (text: string): never => {
  throw new Error(text);
};

async function scoreWith(batchSize: number): Promise<Score> {
  const dataset = halves();
  const forward = new ForwardPass({ network: smallNetwork(), batchSize, imageShape: dataset.shape, warn: refuse });
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

  it('takes batches of nearly equal size', () => {
    expect([1, 200, 201, 2000, 797].map((length) => evaluationBatchSize({ indices: new Uint32Array(length) }))).toEqual([
      1, 200, 101, 200, 200,
    ]);
  });
});
