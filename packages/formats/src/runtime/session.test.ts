import { TopologyBuilder } from '@espalier/network/testing';
import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/random-weights.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { decodeModel, encodeModel, onnxType } from '../onnx/proto.ts';
import { onnxRunner } from '../verification/onnx-runner.ts';
import { openOnnxSession } from './session.ts';

function file(): Uint8Array {
  const net = new TopologyBuilder([4, 5, 3]);
  return encodeOnnx(randomWeights(net.topology(net.conv(net.input, 2, {}, 'features')), 1));
}

/** The file with its input declared otherwise. */
function withInput(shape: readonly (number | string | null)[], type: number = onnxType.float): Uint8Array {
  const model = decodeModel(file());
  return encodeModel({ ...model, graph: { ...model.graph, inputs: [{ name: 'input', type, shape }] } });
}

describe('ONNX Runtime', () => {
  it('tells what a file takes and gives, and runs batches', async () => {
    const session = await openOnnxSession(file(), { threads: 1 });
    expect(session.inputs).toEqual([{ name: 'input', shape: [null, 3, 4, 5] }]);
    expect(session.outputs).toEqual([{ name: 'features', shape: [null, 2, 4, 5] }]);
    const [output] = await session.run([{ values: new Float32Array(2 * 60), shape: [2, 3, 4, 5] }]);
    expect(output).toEqual({ values: new Float32Array(2 * 40), shape: [2, 2, 4, 5] });
    await session.close();
  });

  it('computes the same with and without optimisation, to rounding', async () => {
    const picture = { values: Float32Array.from({ length: 60 }, (_, index) => Math.sin(index)), shape: [1, 3, 4, 5] };
    const answers = await Promise.all(
      (['all', 'none'] as const).map(async (optimisation) => {
        const session = await openOnnxSession(file(), { optimisation });
        const [output] = await session.run([picture]);
        await session.close();
        return output!.values;
      }),
    );
    answers[0]!.forEach((value, index) => expect(value).toBeCloseTo(answers[1]![index]!, 5));
  });

  it('refuses in its own words, without the place in its source', async () => {
    await expect(openOnnxSession(new Uint8Array(100))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: expect.not.stringContaining('onnxruntime_src') as string,
    });
    const session = await openOnnxSession(file());
    await expect(session.run([{ values: new Float32Array(4), shape: [1, 4] }])).rejects.toThrow('ONNX Runtime does not take the file');
    await session.close();
  });

  it('compares only pictures of a fixed size, one at a time', async () => {
    await expect(onnxRunner(withInput(['batch', 3, 'height', 5]))).rejects.toThrow('input input has the shape [?, 3, ?, 5]');
    await expect(onnxRunner(withInput([8, 3, 4, 5]))).rejects.toThrow('input input has the shape [8, 3, 4, 5]');
    await expect(onnxRunner(withInput([1, 3, 4, 5], onnxType.double))).rejects.toMatchObject({ code: 'BAD_ARTIFACT' });
    await (await onnxRunner(withInput([1, 3, 4, 5]))).close();
  });
});
