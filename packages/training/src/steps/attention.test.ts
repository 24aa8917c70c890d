import { openBackend, tf } from '@espalier/tensor';
import { initialiseWeights, buildZooTopology } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { attentionLoss, attentionMap, attentionPoints } from './attention.ts';

beforeAll(() => openBackend());

const maps = (values: number[], channels: number): tf.Tensor4D => tf.tensor4d(values, [1, 2, 2, channels]);

describe('an attention map', () => {
  it('is the mean energy of the channels at each place, of length one', () => {
    // Channels (0, 4), (1, 5), (2, 6), (3, 7) at the four places: mean squares 8, 13, 20, 29.
    const [a, b, c, d] = [8, 13, 20, 29];
    const norm = Math.hypot(a, b, c, d);
    const map = [...attentionMap(maps([0, 4, 1, 5, 2, 6, 3, 7], 2)).dataSync()];
    [a / norm, b / norm, c / norm, d / norm].forEach((value, place) => expect(map[place]).toBeCloseTo(value, 6));
    expect(map.map((value) => Number(value.toFixed(4)))).toEqual([0.2084, 0.3386, 0.5209, 0.7554]);
  });

  it('of nothing but zeros is zero', () => {
    expect([...attentionMap(maps([0, 0, 0, 0], 1)).dataSync()]).toEqual([0, 0, 0, 0]);
  });

  it('differs from the teacher’s by this much in the example of the notes', () => {
    const student = attentionMap(maps([0, 4, 1, 5, 2, 6, 3, 7], 2));
    // Three channels: [[1, 0], [0, 1]], [[0, 2], [2, 0]], [[1, 1], [1, 1]].
    const teacher = attentionMap(maps([1, 0, 1, 0, 2, 1, 0, 2, 1, 1, 0, 1], 3));
    expect([...teacher.dataSync()].map((value) => Number(value.toFixed(4)))).toEqual([0.2626, 0.6565, 0.6565, 0.2626]);
    expect(attentionLoss([student], [teacher]).dataSync()[0]).toBeCloseTo(0.0912995, 6);
  });
});

describe('the points of comparison', () => {
  const network = initialiseWeights(buildZooTopology('resnet20', { inputShape: [32, 32, 3], classes: 10 }), 1);
  const settings = { temperature: 4, alpha: 0.5, attention: { weight: 1 } };

  it('are the ends of the three stages of a ResNet', () => {
    const points = attentionPoints(settings, network, network);
    expect(points).toHaveLength(3);
    points.forEach((name, stage) => expect(name).toContain(`stage${stage + 1}_block3`));
  });

  it('are those that the recipe names, if both networks have them', () => {
    const named = (layers: string[]) => attentionPoints({ ...settings, attention: { weight: 1, layers } }, network, network);
    expect(named(['stage1_block1_conv1'])).toEqual(['stage1_block1_conv1']);
    expect(() => named(['nonsense'])).toThrow('attention layer nonsense');
    const other = initialiseWeights(buildZooTopology('resnet20', { inputShape: [64, 64, 3], classes: 10 }), 1);
    expect(() => attentionPoints({ ...settings, attention: { weight: 1, layers: ['stage1_block1_conv1'] } }, other, network)).toThrow(
      '64 × 64',
    );
  });

  it('are none without attention transfer', () => {
    expect(attentionPoints({ temperature: 4, alpha: 0.5 }, network, network)).toEqual([]);
  });
});
