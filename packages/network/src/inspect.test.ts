import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../test/builder.ts';
import { resNetTopology } from '../test/networks.ts';
import { inspect } from './inspect.ts';

describe('the pre-flight report', () => {
  it('[I1] names the groups, what is locked and why, and the least the network can become', () => {
    const report = inspect(resNetTopology(3));
    expect(report.groups.filter(({ prunable }) => prunable)).toHaveLength(12);
    expect(report.groups.at(-1)).toMatchObject({
      id: 'classifier',
      channels: 10,
      prunable: false,
      reason: 'they are the network’s output',
    });
    expect(report.cost).toEqual({ parameters: 269_722, macs: 40_551_040 });
    expect(report.minimum!.macs).toBeLessThan(report.cost!.macs / 100);
    expect(report.unsupported).toEqual([]);
  });

  it('[I2] lists every layer of an unknown type', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const topology = net.topology(net.add('LSTM', [net.add('Lambda', [net.input], {}, 'trick')], {}, 'memory'));
    const { unsupported, minimum } = inspect(topology);
    expect(unsupported.map(({ layer, type }) => [layer, type])).toEqual([
      ['trick', 'Lambda'],
      ['memory', 'LSTM'],
    ]);
    expect(minimum).toBeNull();
  });

  it('[I2] names a known layer with a setting that is not supported', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const { unsupported } = inspect(net.classified(net.conv(net.input, 4, { data_format: 'channels_first' }, 'conv')));
    expect(unsupported).toEqual([{ layer: 'conv', type: 'Conv2D', reason: expect.stringContaining('channels_first') }]);
  });
});
