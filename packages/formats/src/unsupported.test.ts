import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UnsupportedLayers } from '@espalier/network';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { afterAll, describe, expect, it } from 'vitest';
import { node, onnxBytes } from '../test/onnx-model.ts';
import { readNetworkFile } from './files.ts';
import { layersModelFiles } from './layers-model/write.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'espalier-unsupported-'));
afterAll(() => rmSync(folder, { recursive: true }));

const refusalOf = (place: string): Promise<unknown> =>
  readNetworkFile(place).then(
    () => null,
    (error: unknown) => error,
  );

describe('a network of which several layers are not supported', () => {
  it('is refused with all of them, out of a TF.js folder', async () => {
    const net = new TopologyBuilder('small', [8, 8, 3]);
    const strange = net.relu(net.batchNormalisation(net.conv(net.input, 'conv', 4), 'norm'), 'act');
    const files = layersModelFiles(initialiseWeights(net.build(net.dense(net.globalAveragePool(strange, 'pool'), 'classifier', 2)), 1));
    const model = JSON.parse(new TextDecoder().decode(files.get('model.json')));
    for (const layer of model.modelTopology.config.layers) {
      if (layer.name === 'norm') layer.class_name = 'LSTM';
      if (layer.name === 'classifier') layer.class_name = 'Lambda';
    }
    writeFileSync(path.join(folder, 'model.json'), JSON.stringify(model));
    writeFileSync(path.join(folder, 'weights.bin'), files.get('weights.bin')!);
    const refusal = await refusalOf(folder);
    expect(refusal).toBeInstanceOf(UnsupportedLayers);
    expect(refusal).toMatchObject({
      code: 'UNSUPPORTED_LAYER',
      message: expect.stringMatching(/norm.*LSTM.*\(and so classifier \(Lambda\)\)$/),
      layers: [
        { layer: 'norm', type: 'LSTM' },
        { layer: 'classifier', type: 'Lambda' },
      ],
    });
  });

  it('is refused with all of them, out of an ONNX file', async () => {
    const named = (name: string, operator: string, from: string, to: string) => ({ ...node(operator, from, to), name });
    const nodes = [named('norm', 'LRN', 'x', 'a'), named('act', 'Relu', 'a', 'b'), named('mix', 'Einsum', 'b', 'y')];
    writeFileSync(path.join(folder, 'strange.onnx'), onnxBytes({ nodes }));
    expect(await refusalOf(path.join(folder, 'strange.onnx'))).toMatchObject({
      message: 'ONNX node norm (LRN, opset 17): is an operator that cannot be a layer here (and so mix (Einsum))',
      layers: [
        { layer: 'norm', type: 'LRN', reason: expect.stringContaining('cannot be a layer') },
        { layer: 'mix', type: 'Einsum', reason: expect.stringContaining('cannot be a layer') },
      ],
    });
  });
});
