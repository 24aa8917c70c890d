import { inMemory } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { halves, smallNetwork } from '../../test/fixtures.ts';
import { labelledExamples } from '../observe/examples.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { answersOf } from '../sensitivity/answers.ts';
import { recalibrateBatchNormalisation } from './recalibrate.ts';

beforeAll(() => openBackend());
const refuse = (text: string): never => {
  throw new Error(text);
};

describe('recalibrated statistics', () => {
  const dataset = halves(300);
  const { training } = dataset.splits;
  const pixels = inMemory(training.images) ? training.images.pixels : new Uint8Array();
  const whole = { batchSize: training.indices.length, warn: refuse };
  const network = smallNetwork();
  const statistic = (of: typeof network, name: string) => of.weights.find((weight) => weight.name === name)!.values;

  it('of the first normalisation are the mean and variance of what its convolution makes of the pictures', async () => {
    const recalibrated = await recalibrateBatchNormalisation(network, labelledExamples(dataset, training.indices.length), whole);
    const { sums, squares, count } = stemOutputs();
    const kernelMean = statistic(recalibrated, 'stem_bn/moving_mean');
    const kernelVariance = statistic(recalibrated, 'stem_bn/moving_variance');
    for (let channel = 0; channel < 6; channel++) {
      const mean = sums[channel]! / count;
      const variance = squares[channel]! / count - mean ** 2;
      // Sums of 15,360 float32 numbers in TensorFlow against double precision; its variance is the unbiased one, n / (n − 1) times this.
      expect(kernelMean[channel]).toBeCloseTo(mean, 4);
      expect(kernelVariance[channel]! / variance).toBeCloseTo(1, 3);
    }

    /** The first convolution written out: 3 × 3, same padding, on the normalised pictures. */
    function stemOutputs() {
      const kernel = statistic(network, 'stem/kernel');
      const sums = new Float64Array(6);
      const squares = new Float64Array(6);
      for (const picture of training.indices) {
        const pixel = (y: number, x: number): number =>
          y < 0 || x < 0 || y > 7 || x > 7 ? 0 : (pixels[picture * 64 + y * 8 + x]! / 255 - 0.5) / 0.4;
        for (let place = 0; place < 64 * 6; place++) {
          const [y, x, channel] = [Math.floor(place / 48), Math.floor(place / 6) % 8, place % 6];
          let value = 0;
          for (let tap = 0; tap < 9; tap++) value += kernel[tap * 6 + channel]! * pixel(y + Math.floor(tap / 3) - 1, x + (tap % 3) - 1);
          sums[channel]! += value;
          squares[channel]! += value ** 2;
        }
      }
      return { sums, squares, count: training.indices.length * 64 };
    }
  });

  it('change no weight that is learnt, and not the given network', async () => {
    const before = network.weights.map(({ values }) => [...values]);
    const recalibrated = await recalibrateBatchNormalisation(network, labelledExamples(dataset, training.indices.length), whole);
    network.weights.forEach(({ name, values }, index) => {
      expect([...values]).toEqual(before[index]);
      const same = recalibrated.weights[index]!.values.every((value, place) => value === values[place]);
      expect(same).toBe(!name.includes('moving'));
    });
  });

  it('undo what spoilt the old ones', async () => {
    const spoilt = {
      ...network,
      weights: network.weights.map((weight) =>
        weight.name.includes('moving') ? { ...weight, values: weight.values.map((value, place) => value * 7 + place) } : weight,
      ),
    };
    const answer = async (of: typeof network) => {
      const forward = new ForwardPass({ network: of, batchSize: 33, imageShape: dataset.shape, warn: refuse });
      const { loss } = await answersOf(forward, dataset, dataset.splits.test);
      forward.dispose();
      return loss;
    };
    const mended = await recalibrateBatchNormalisation(spoilt, labelledExamples(dataset, training.indices.length), whole);
    const straight = await recalibrateBatchNormalisation(network, labelledExamples(dataset, training.indices.length), whole);
    // a − (a − b) is b to the rounding of float32, so the old statistics leave a trace in the last bits.
    expect(await answer(mended)).toBeCloseTo(await answer(straight), 5);
    expect(await answer(spoilt)).not.toBeCloseTo(await answer(straight), 2);
  });
});
