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

  it('[I2] lists layers of unknown types and with unsupported settings together, wherever they stand', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const left = net.conv(net.add('Lambda', [net.input], {}, 'trick'), 4, { activation: 'maxout' }, 'behind');
    const right = net.conv(net.conv(net.input, 4, { activation: 'maxout' }, 'odd'), 4, { data_format: 'channels_first' }, 'first');
    const nested = net.add('Sequential', [net.conv(net.input, 4, { data_format: 'channels_first' }, 'turned')], {}, 'inner');
    const { unsupported } = inspect(net.topology(left, right, nested));
    // What is odd in a layer behind another that is not known can only be told when that one is.
    expect(unsupported.map(({ layer, reason }) => [layer, reason.replace(/^layer \w+: /, '')])).toEqual([
      ['trick', expect.stringContaining('its type Lambda is not known')],
      ['odd', expect.stringContaining('activation is "maxout"')],
      ['turned', expect.stringContaining('data_format')],
      ['inner', 'is a network inside the network'],
    ]);
  });

  it('[I1] throws for a network that contradicts itself, even where something in it is not supported', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const topology = net.topology(net.add('Lambda', [net.input]), net.conv(net.input, 0, {}, 'empty'));
    expect(() => inspect(topology)).toThrow(expect.objectContaining({ code: 'BAD_NETWORK' }));
  });
});
