import type { NetworkData } from '@espalier/core';
import { buildZooTopology, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { attentionPoints, hintPoints } from './points.ts';

/** Points are places in a topology: nothing is asked of weights. */
const resnet = (name: string, side = 32): NetworkData => ({
  topology: buildZooTopology(name, { inputShape: [side, side, 3], classes: 10 }),
  weights: [],
});
const network = resnet('resnet20');
const settings = { temperature: 4, alpha: 0.5, attention: { weight: 1 }, hints: { weight: 1 } };

describe('the points of comparison', () => {
  it('are the ends of the three stages of a ResNet', () => {
    const points = attentionPoints(settings, network, network);
    expect(points.map(({ height, studentChannels }) => [height, studentChannels])).toEqual([
      [32, 16],
      [16, 32],
      [8, 64],
    ]);
    points.forEach(({ student, teacher }, stage) => {
      expect(student).toContain(`stage${stage + 1}_block3`);
      expect(teacher).toBe(student);
    });
  });

  it('are the ends of the stages of either network, when they are of different depth', () => {
    const points = attentionPoints(settings, resnet('resnet56'), network);
    expect(points).toHaveLength(3);
    for (const { student, teacher } of points) {
      expect(student).toContain('block3');
      expect(teacher).toBe(student.replace('block3', 'block9'));
    }
  });

  it('are those that the recipe names, if both networks have them', () => {
    const named = (layers: (string | { student: string; teacher: string })[], teacher = network) =>
      attentionPoints({ ...settings, attention: { weight: 1, layers } }, teacher, network);
    const [first, last] = ['stage1_block1_conv1', 'stage1_block3_conv1'];
    expect(named([first])).toMatchObject([{ student: first, teacher: first, height: 32, width: 32 }]);
    expect(named([{ student: first, teacher: last }])).toMatchObject([{ student: first, teacher: last }]);
    expect(() => named(['nonsense'])).toThrow('attention layer nonsense: the teacher has no feature map of that name');
    expect(() => named([{ student: 'nonsense', teacher: last }])).toThrow('the student has no feature map of that name');
    expect(() => named([first], resnet('resnet20', 64))).toThrow('its maps are 64 × 64 in the teacher and 32 × 32 in the student');
  });

  it('are refused where the networks share no size', () => {
    const flat = (side: number) => {
      const net = new TopologyBuilder(`flat${side}`, [side, side, 1]);
      return {
        topology: net.build(net.dense(net.globalAveragePool(net.conv(net.input, 'conv', 2), 'pool'), 'classifier', 2)),
        weights: [],
      };
    };
    expect(() => attentionPoints(settings, flat(6), flat(4))).toThrow(
      expect.objectContaining({ code: 'BAD_RECIPE', path: ['distillation', 'attention'] }),
    );
    expect(() => hintPoints(settings, flat(6), flat(4))).toThrow(
      expect.objectContaining({ code: 'BAD_RECIPE', path: ['distillation', 'hints'] }),
    );
  });

  it('are none without attention transfer and hints', () => {
    const plain = { temperature: 4, alpha: 0.5 };
    expect([...attentionPoints(plain, network, network), ...hintPoints(plain, network, network)]).toEqual([]);
  });
});

describe('a hint', () => {
  it('is given in the middle of the network where the recipe does not say', () => {
    expect(hintPoints(settings, resnet('vgg16-cifar'), network)).toMatchObject([
      { height: 16, width: 16, studentChannels: 32, teacherChannels: 128 },
    ]);
  });

  it('is given at every layer that the recipe names', () => {
    const layers = ['stage1_block1_conv1', 'stage2_block1_conv1'];
    expect(hintPoints({ ...settings, hints: { weight: 1, layers } }, network, network).map(({ student }) => student)).toEqual(layers);
  });
});
