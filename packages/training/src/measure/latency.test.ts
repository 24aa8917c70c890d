import type { Device, NetworkData } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { listen, smallNetwork } from '../../test/fixtures.ts';
import { measureLatency } from './latency.ts';

const device: Device = { backend: 'tensorflow', tensorflow: '2.21.0', device: 'cpu', oneDnn: true, threads: 2, warning: null };

/** The network with a rectifier whose meaning is not known. */
function inexpressible(): NetworkData {
  const network = smallNetwork();
  const { config } = network.topology;
  const layers = config.layers.map((layer) =>
    layer.name === 'sum_relu' ? { ...layer, class_name: 'ReLU', config: { name: layer.name, threshold: 0.5 } } : layer,
  );
  return { ...network, topology: { ...network.topology, config: { ...config, layers } } };
}

describe('the latency of networks', () => {
  it('is measured in turn, in ONNX Runtime, with the threads of the device', async () => {
    const networks = [
      { name: 'before', network: smallNetwork(1) },
      { name: 'after', network: smallNetwork(2) },
    ];
    const measured = await measureLatency(networks, listen(device).context);
    expect([...measured.keys()]).toEqual(['before', 'after']);
    // The clock of these tests ticks once whenever it is looked at: each run takes one tick.
    for (const latency of measured.values())
      expect(latency).toEqual({
        runtime: expect.stringMatching(/^ONNX Runtime \d+\.\d+\.\d+, CPU$/) as string,
        batchSize: 1,
        threads: 2,
        samples: 200,
        medianMs: 1,
        lowMs: 1,
        highMs: 1,
      });
  });

  it('is left out, with the reason, where a network can’t be given to ONNX Runtime', async () => {
    const { context, heard } = listen(device);
    expect(await measureLatency([{ name: 'before', network: inexpressible() }], context)).toEqual(new Map());
    const text = expect.stringContaining('Latency is not measured: layer sum_relu: sets threshold') as string;
    expect(heard).toMatchObject([{ type: 'log', line: { level: 'warning', text } }]);
  });

  it('stops when the job is told to', async () => {
    const { context, stop } = listen(device);
    stop();
    await expect(measureLatency([{ name: 'before', network: smallNetwork() }], context)).rejects.toThrow('the job was told to stop');
  });
});
