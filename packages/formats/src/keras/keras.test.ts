import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NetworkData, Weight } from '@espalier/core';
import { elementCount, readGraph } from '@espalier/network';
import { afterAll, describe, expect, it } from 'vitest';
import { answeredFixtures, kerasAnswer, kerasFixture } from '../../test/keras-fixtures.ts';
import { tensorflowRunner } from '../../test/tensorflow-runner.ts';
import { readNetworkFile, writeNetworkFile } from '../files.ts';
import { encodeNetwork } from '../network-file.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'espalier-keras-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/**
 * Of the answer's largest number. Keras on TensorFlow and TF.js on TensorFlow add the same float32 numbers, in an order that may differ by kernel:
 * a few units in the seventh digit over a dozen layers. A wrong weight or setting is off in the first.
 */
const tolerance = 2e-6;

async function answerOf(network: NetworkData, picture: Float32Array): Promise<number[]> {
  const runner = await tensorflowRunner(network);
  const outputs = await runner.run([picture]);
  await runner.close();
  return outputs.flatMap((output) => [...output]);
}

function expectAlike(actual: readonly number[], expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs));
  actual.forEach((value, place) => expect(Math.abs(value - expected[place]!)).toBeLessThanOrEqual(tolerance * scale));
}

const pictureSize = (network: NetworkData): number => elementCount(readGraph(network.topology).nodes[0]!.outputShape);

describe('a model that Keras saved', () => {
  it.each(answeredFixtures)('answers as in Keras: %s', async (file) => {
    const { network } = await readNetworkFile(kerasFixture(file));
    const { picture, answer } = kerasAnswer(file, pictureSize(network));
    expectAlike(await answerOf(network, picture), answer);
  });

  it.each(['mixture.h5', 'mixture.keras', 'scaled.keras'])(
    'answers as in Keras when it was written and read once more: %s',
    async (file) => {
      const { network } = await readNetworkFile(kerasFixture(file));
      const { picture, answer } = kerasAnswer(file, pictureSize(network));
      for (const ending of ['h5', 'keras', 'zip']) {
        const again = path.join(scratch, `again.${ending}`);
        await writeNetworkFile(again, network);
        const { network: reread, warnings } = await readNetworkFile(again);
        expect(warnings).toEqual([]);
        expect(encodeNetwork(reread)).toEqual(encodeNetwork(network));
        expectAlike(await answerOf(reread, picture), answer);
      }
    },
  );

  it('is the same network in .h5 and in .keras', async () => {
    const [h5, archive] = await Promise.all(['mixture.h5', 'mixture.keras'].map((file) => readNetworkFile(kerasFixture(file))));
    expect(h5!.format).toBe('keras-h5');
    expect(archive!.format).toBe('keras');
    expect(encodeNetwork(h5!.network)).toEqual(encodeNetwork(archive!.network));
  });

  it('has the layers of models inside it in their place, each under a name of its own', async () => {
    const { network } = await readNetworkFile(kerasFixture('nested.keras'));
    const names = network.topology.config.layers.map(({ name, class_name: type }) => `${type} ${name}`);
    expect(names.filter((name) => /^(Conv|Batch)/.test(name)).sort()).toEqual([
      'BatchNormalization bn',
      'Conv2D conv',
      'Conv2D inner_conv',
      'Conv2D middle_conv',
    ]);
    expect(names.filter((name) => name.startsWith('InputLayer'))).toEqual(['InputLayer picture']);
  });

  it('is found by what it holds, whatever it is called', async () => {
    const strange = path.join(scratch, 'model.onnx');
    writeFileSync(strange, readFileSync(kerasFixture('plain.h5')));
    expect((await readNetworkFile(strange)).format).toBe('keras-h5');
  });

  it('says what was read as something else', async () => {
    const { warnings } = await readNetworkFile(kerasFixture('scaled.keras'));
    expect(warnings).toEqual([
      'Layer rescaling is a Rescaling; it was read as a 1 × 1 depthwise convolution that computes the same.',
      'Layer normalization is a Normalization; it was read as a 1 × 1 depthwise convolution that computes the same.',
    ]);
  });

  it.each(['open_sided.h5', 'open_sided.keras'])('takes the size that it is read for where it leaves one open: %s', async (file) => {
    const { network } = await readNetworkFile(kerasFixture(file), { inputShape: [9, 7, 3] });
    expect(readGraph(network.topology).nodes[0]!.outputShape).toEqual([9, 7, 3]);
    await expect(readNetworkFile(kerasFixture(file))).rejects.toMatchObject({
      code: 'BAD_NETWORK',
      message: 'layer picture: its shape [null,null,3] is not fixed',
      hint: expect.stringContaining('inputShape'),
    });
    await expect(readNetworkFile(kerasFixture(file), { inputShape: [9, 7, 1] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: "layer picture: its shape [null,null,3] can't be [9,7,1]",
    });
  });
});

describe('weights of another type', () => {
  const kernel = ({ weights }: NetworkData): Weight => weights.find(({ name }) => name.endsWith('/kernel'))!;

  it.each(['half.h5', 'half.keras'])('are widened where that is exact, and it is said: %s', async (file) => {
    const { network, warnings } = await readNetworkFile(kerasFixture(file));
    expect(warnings).toContain('2 weights are float16 in the file; as float32 each is the same number.');
    // Eleven significant bits, five of exponent: 2²⁴ times such a number below 1 is whole.
    for (const value of kernel(network).values) expect(Number.isInteger(value * 2 ** 24)).toBe(true);
    expect(Math.max(...kernel(network).values.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('are widened from bfloat16 as well', async () => {
    const { network, warnings } = await readNetworkFile(kerasFixture('brain_half.keras'));
    expect(warnings).toContain('2 weights are bfloat16 in the file; as float32 each is the same number.');
    const bits = new Uint32Array(kernel(network).values.slice().buffer);
    expect(bits.every((pattern) => (pattern & 0xffff) === 0)).toBe(true);
  });

  it.each(['double.h5', 'double.keras'])('are refused by name where float32 does not have the number: %s', async (file) => {
    await expect(readNetworkFile(kerasFixture(file))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: expect.stringMatching(/^weight .*(kernel|vars\/0) is float64, and its value -?[\d.]+ at place 0 is no float32$/),
    });
  });

  it('are refused by name where they are whole numbers', async () => {
    await expect(readNetworkFile(kerasFixture('integers.h5'))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: 'weight model_weights/conv/conv/kernel is int32, not float32',
    });
  });
});

describe('a model that can not be read is refused by name:', () => {
  it.each<[string, string, string, RegExp]>([
    ['a lambda', 'with_lambda.keras', 'UNSUPPORTED_LAYER', /^layer lambda\w*: its type Lambda is Python code, which is not run$/],
    ['a lambda', 'with_lambda.h5', 'UNSUPPORTED_LAYER', /^layer lambda\w*: its type Lambda is Python code, which is not run$/],
    ['a custom layer', 'with_custom_layer.keras', 'UNSUPPORTED_LAYER', /^layer swirl: its type acme>Swirl is a custom layer/],
    [
      'a shared model',
      'called_twice.keras',
      'UNSUPPORTED_LAYER',
      /^layer inner: is a Functional model inside the model that is called 2 times$/,
    ],
    ['a subclassed model', 'subclassed.keras', 'BAD_ARTIFACT', /^config.json holds a Subclassed: a model whose layers are in Python code/],
    ['weights alone', 'weights_alone.weights.h5', 'BAD_ARTIFACT', /^the HDF5 file holds no model_config/],
  ])('%s (%s)', async (_, file, code, message) => {
    await expect(readNetworkFile(kerasFixture(file))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
