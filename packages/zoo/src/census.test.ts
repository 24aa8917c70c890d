import { dependencyGroups, readGraph } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { buildZooTopology } from './zoo.ts';

const prunable = (name: string) => dependencyGroups(readGraph(buildZooTopology(name))).filter((group) => group.prunable);

/** How many of the groups that `belongs` picks have each width. */
function widths(name: string, belongs: (id: string) => boolean = () => true): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, channels } of prunable(name)) if (belongs(id)) counts[channels] = (counts[channels] ?? 0) + 1;
  return counts;
}

/** What Torch-Pruning finds with the classifier protected; see each line for the make-up. */
describe('the census of prunable groups', () => {
  it.each([
    // 13 convolutions and the hidden dense layer.
    ['vgg16-cifar', 14],
    // n · 3 inner ones and 3 streams.
    ['resnet20-b', 12],
    ['resnet56-b', 30],
    ['resnet110-b', 57],
    // With option A there are three groups for the one stream, one for each width at which it begins.
    ['resnet20', 9 + 3],
    // Every convolution alone.
    ['googlenet-cifar', 64],
    ['densenet40', 39],
    // 8, 16 or 32 inner ones and 4 streams; in ResNet-50 the stem is apart, for its first block has a projection.
    ['resnet18', 8 + 4],
    ['resnet34', 16 + 4],
    ['resnet50', 32 + 4 + 1],
    ['mobilenet-v1', 14],
    ['mobilenet-v2', 25],
  ])('[G13] finds in %s %i of them', (name, count) => {
    expect(prunable(name)).toHaveLength(count);
  });

  it('[G13] finds in DenseNet-40 the stem of 24, 36 layers of 12 and two transitions', () => {
    expect(widths('densenet40')).toEqual({ 24: 1, 12: 36, 168: 1, 312: 1 });
  });

  it('[G13] finds in MobileNetV1 the stem and every pointwise convolution, each with the depthwise one behind it', () => {
    const groups = prunable('mobilenet-v1');
    expect(groups.map(({ channels }) => channels)).toEqual([32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]);
    groups.slice(0, -1).forEach(({ members }, index) => {
      expect(members.filter(({ role }) => role === 'depthwise').map(({ layer }) => layer)).toEqual([`block${index + 1}_depthwise`]);
    });
  });

  it('[G13] finds in MobileNetV2 16 expansions, the stem with its depthwise convolution, 7 streams and the last convolution', () => {
    expect(Object.values(widths('mobilenet-v2', (id) => id.includes('expand'))).reduce((total, count) => total + count)).toBe(16);
    expect(widths('mobilenet-v2', (id) => id.includes('project'))).toEqual({ 16: 1, 24: 1, 32: 1, 64: 1, 96: 1, 160: 1, 320: 1 });
    expect(widths('mobilenet-v2', (id) => /stem|last/.test(id))).toEqual({ 32: 1, 1280: 1 });
  });

  it('[G13] finds in ResNet-50 four streams apart from the stem, which ResNet-18 has in its first', () => {
    const streams = (name: string) => widths(name, (id) => /stem|shortcut/.test(id));
    expect(streams('resnet50')).toEqual({ 64: 1, 256: 1, 512: 1, 1024: 1, 2048: 1 });
    expect(streams('resnet18')).toEqual({ 64: 1, 128: 1, 256: 1, 512: 1 });
  });

  it('[G10] never includes the heads of a detector', () => {
    const members = prunable('ssd300-vgg16').flatMap((group) => group.members);
    expect(members.filter(({ layer, role }) => role === 'out' && layer.startsWith('head'))).toEqual([]);
  });
});
