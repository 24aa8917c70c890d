import { dependencyGroups, readGraph } from '@espalier/network';
import { buildZooNetwork } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { methods } from './methods/index.ts';
import { channelChooser } from './chooser.ts';

const network = buildZooNetwork('resnet20', { inputShape: [32, 32, 3], classes: 10, seed: 1 });
const groups = dependencyGroups(readGraph(network.topology)).filter(({ prunable }) => prunable);

describe.each(methods.filter(({ collect }) => collect === null).map(({ name }) => name))('the chooser of %s', (name) => {
  it('keeps as many channels as it is asked for, ascending, and the same ones again', () => {
    const choose = channelChooser({ network, method: { name, settings: {} }, seed: 3 });
    for (const { id, channels } of groups.slice(0, 4)) {
      const width = Math.ceil(channels / 2);
      const keep = choose(id, width);
      expect(keep).toHaveLength(width);
      expect([...keep]).toEqual([...new Set(keep)].sort((a, b) => a - b));
      expect(choose(id, width)).toEqual(keep);
    }
  });
});

it('refuses a group that must stay whole, with its reason', () => {
  const choose = channelChooser({ network, method: { name: 'l1', settings: {} }, seed: 3 });
  expect(() => choose('classifier', 5)).toThrow('network’s output');
  expect(() => choose('nonsense', 5)).toThrow('no such group');
});
