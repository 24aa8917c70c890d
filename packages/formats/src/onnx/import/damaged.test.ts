import { describe, expect, it } from 'vitest';
import { damaged } from '../../../test/damage.ts';
import { mutated, readOrRefused } from '../../../test/onnx-damage.ts';
import { onnxFixtureModel } from '../../../test/onnx-fixtures.ts';
import { node, onnxModel } from '../../../test/onnx-model.ts';
import { encodeModel, type OnnxModel } from '../proto.ts';

/** Small files that between them hold every kind of node. The one of a thousand nodes takes its time, and fewer cases. */
const models: readonly { readonly name: string; readonly model: OnnxModel; readonly cases: number }[] = [
  { name: 'pieces', model: onnxFixtureModel('pieces.dynamo.18'), cases: 1000 },
  { name: 'shufflenet', model: onnxFixtureModel('shufflenet_v2_x0_5.script.13'), cases: 50 },
  {
    name: 'chain',
    cases: 1000,
    model: onnxModel({
      nodes: [
        node('Conv', 'x w', 'c', { pads: [1, 1, 1, 1] }),
        node('BatchNormalization', 'c g g g v', 'n'),
        node('HardSigmoid', 'n', 'h', { alpha: 0.3 }),
        node('Mul', 'h n', 'm'),
        node('Pad', 'm pads', 'p'),
        node('Resize', 'p _ scales', 'r'),
        node('Gather', 'r which', 't', { axis: 1 }),
        node('Flatten', 't', 'f'),
        node('MatMul', 'f k', 'y'),
      ],
      weights: { w: [6, 4, 3, 3], g: [6], v: Float32Array.of(1, 2, 3, 4, 5, 6), scales: Float32Array.of(1, 1, 2, 2), k: [1188, 3] },
      integers: { pads: [0, 0, 1, 1, 0, 0, 1, 1], which: [0, 2, 4] },
    }),
  },
];

describe('a damaged ONNX file', () => {
  it.each(models)('is read or refused, whichever byte is wrong: $name', ({ model, cases }) => {
    const bytes = encodeModel(model);
    expect(readOrRefused(bytes, 'the file itself')).toBe(true);
    let refused = 0;
    for (let seed = 0; seed < cases; seed++) if (!readOrRefused(damaged(bytes, seed), `damage ${seed}`)) refused += 1;
    expect(refused).toBeGreaterThan(cases / 4);
  });

  it.each(models)('is read or refused, whichever field is wrong: $name', ({ model, cases }) => {
    let refused = 0;
    for (let seed = 0; seed < cases; seed++) if (!readOrRefused(encodeModel(mutated(model, seed)), `mutation ${seed}`)) refused += 1;
    expect(refused).toBeGreaterThan(cases / 4);
  });
});
