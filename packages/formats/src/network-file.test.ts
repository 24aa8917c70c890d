import { type NetworkData, EspalierError } from '@espalier/core';
import { buildZooNetwork, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeNetwork, encodeNetwork } from './network-file.ts';

function tinyNetwork(): NetworkData {
  const net = new TopologyBuilder('tiny', [4, 4, 1]);
  const features = net.relu(net.batchNormalisation(net.conv(net.input, 'conv', 2), 'bn'), 'relu');
  return initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 3)), 5);
}

const tiny = tinyNetwork();
const tinyFile = encodeNetwork(tiny);

interface Manifest {
  modelTopology: unknown;
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: string; quantization?: unknown }[] }[];
}
/** Unpacks the tiny network, lets `change` spoil it, and packs it again. */
function spoilt(change: (model: Manifest, files: Record<string, Uint8Array>) => void): Uint8Array {
  const files = unzipSync(tinyFile);
  const model = JSON.parse(strFromU8(files['model.json']!)) as Manifest;
  change(model, files);
  if (files['model.json'] !== undefined) files['model.json'] = strToU8(JSON.stringify(model));
  return zipSync(files);
}
/** The path to every value inside `value`. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}

function replaceAt(within: object, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) Object.assign(within, { [key]: value });
  else replaceAt(Reflect.get(within, key) as object, rest, value);
}

const weights = (model: Manifest) => model.weightsManifest[0]!.weights;
const byName = (network: NetworkData) => Object.fromEntries(network.weights.map((weight) => [weight.name, weight]));

describe('a network file', () => {
  it('gives back the network that was written', () => {
    const network = buildZooNetwork('resnet20', { seed: 1 });
    const read = decodeNetwork(encodeNetwork(network));
    expect(read.topology).toEqual(network.topology);
    expect(read.weights.map(({ name, shape }) => [name, shape])).toEqual(network.weights.map(({ name, shape }) => [name, shape]));
    for (const [index, { values }] of read.weights.entries())
      expect(Buffer.from(values.buffer).equals(Buffer.from(network.weights[index]!.values.buffer))).toBe(true);
  });

  it('has the same bytes after reading and writing it again', () => {
    expect(encodeNetwork(decodeNetwork(tinyFile))).toEqual(tinyFile);
  });

  it('has the same bytes whatever the order of weights and keys', () => {
    const { class_name, keras_version, backend, config } = tiny.topology;
    const reordered = { weights: [...tiny.weights].reverse(), topology: { backend, config, keras_version, class_name } };
    expect(encodeNetwork(reordered)).toEqual(tinyFile);
  });

  it('has the same bytes in every time zone', () => {
    const zone = process.env['TZ'];
    try {
      for (const other of ['Pacific/Auckland', 'America/Los_Angeles']) {
        process.env['TZ'] = other;
        expect(encodeNetwork(tiny)).toEqual(tinyFile);
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('is not written for a network with NaN, which is named', () => {
    const network = tinyNetwork();
    byName(network)['conv/kernel']!.values[3] = Number.NaN;
    expect(() => encodeNetwork(network)).toThrow(
      expect.objectContaining({ code: 'BAD_NETWORK', message: 'weight conv/kernel holds NaN at place 3' }),
    );
  });
});

describe('a network file of others', () => {
  it('may be deflated', () => {
    expect(decodeNetwork(zipSync(unzipSync(tinyFile), { level: 9 }))).toEqual(decodeNetwork(tinyFile));
  });

  it('may lie in a folder', () => {
    const files = unzipSync(tinyFile);
    const inFolder = zipSync({ 'net/model.json': files['model.json']!, 'net/weights.bin': files['weights.bin']! });
    expect(decodeNetwork(inFolder)).toEqual(decodeNetwork(tinyFile));
  });

  it('may have its weights in several files', () => {
    const file = spoilt((model, files) => {
      const bytes = files['weights.bin']!;
      delete files['weights.bin'];
      files['a.bin'] = bytes.slice(0, 10);
      files['b.bin'] = bytes.slice(10);
      model.weightsManifest[0]!.paths = ['a.bin', 'b.bin'];
    });
    expect(decodeNetwork(file)).toEqual(decodeNetwork(tinyFile));
  });

  it('may be a sequential model', () => {
    const file = spoilt((model) => Object.assign(model.modelTopology as object, { class_name: 'Sequential' }));
    expect(encodeNetwork(decodeNetwork(file))).toEqual(tinyFile);
  });

  it('may have its weights in half precision, where that is exact', () => {
    // One is 0x3c00, two is 0x4000, and so on: sign, exponent + 15, fraction.
    const halves = Uint16Array.of(0x3c00, 0x4000, 0xb800, 0x0001, 0x7bff);
    const file = spoilt((model, files) => {
      const [first] = weights(model);
      first!.quantization = { dtype: 'float16' };
      const values = new Uint8Array(18 * 2);
      values.set(new Uint8Array(halves.buffer));
      files['weights.bin'] = new Uint8Array([...values, ...files['weights.bin']!.slice(18 * 4)]);
    });
    expect(decodeNetwork(file).weights[0]!.values.slice(0, 6)).toEqual(Float32Array.of(1, 2, -0.5, 2 ** -24, 65504, 0));
  });

  it('may wrap its topology in model_config, as the Keras converter does', () => {
    const file = spoilt((model) => {
      const { class_name, config, ...rest } = model.modelTopology as Record<string, unknown>;
      model.modelTopology = { ...rest, model_config: { class_name, config } };
    });
    expect(decodeNetwork(file)).toEqual(decodeNetwork(tinyFile));
  });
});

describe('a bad network file is refused by name:', () => {
  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'the file is empty'],
    ['another file', strToU8('not a zip at all, only words'), 'the file is not a zip, or its end is missing'],
    ['no model.json', spoilt((_, files) => delete files['model.json']), 'there is no model.json among 1 files'],
    ['no weights', spoilt((_, files) => delete files['weights.bin']), 'weights.bin is missing'],
    [
      'two networks',
      zipSync({ ...unzipSync(tinyFile), 'b/model.json': strToU8('{}') }),
      'there are 2 files named model.json: model.json, b/model.json',
    ],
    ['text for JSON', zipSync({ 'model.json': strToU8('{"modelTopology": ') }), 'model.json is not JSON'],
    ['bytes that are no text', zipSync({ 'model.json': Uint8Array.of(0x22, 0xff, 0x22) }), 'model.json is not JSON'],
    [
      'a file outside its folder',
      zipSync({ ...unzipSync(tinyFile), '../evil': strToU8('x') }),
      'the zip names a file outside its own folder: "../evil"',
    ],
    [
      'weights cut short',
      spoilt((_, files) => (files['weights.bin'] = files['weights.bin']!.slice(4))),
      'weights.bin has 136 bytes, but the weights it should hold take 140',
    ],
    ['another type of number', spoilt((model) => (weights(model)[0]!.dtype = 'int32')), 'weight conv/kernel is int32, not float32'],
    [
      'quantised weights',
      spoilt((model) => (weights(model)[0]!.quantization = { scale: 1 })),
      'weight conv/kernel is quantised, not float32',
    ],
    [
      'a missing weight',
      spoilt((model, files) => (weights(model).pop(), (files['weights.bin'] = files['weights.bin']!.slice(0, -12)))),
      'weight classifier/bias is missing',
    ],
    [
      'a surplus weight',
      spoilt((model) => weights(model).push({ name: 'ghost/kernel', shape: [0], dtype: 'float32' })),
      'weight ghost/kernel is named twice, or no layer asks for it',
    ],
    [
      'another shape',
      spoilt((model) => (weights(model)[0]!.shape = [3, 3, 2, 1])),
      'weight conv/kernel has shape [3, 3, 2, 1], but its layer asks for [3, 3, 1, 2]',
    ],
    ['NaN', spoilt((_, files) => files['weights.bin']!.set([0, 0, 0xc0, 0x7f], 8)), 'weight conv/kernel holds NaN at place 2'],
    [
      'an infinity',
      spoilt((_, files) => files['weights.bin']!.set([0, 0, 0x80, 0xff], 0)),
      'weight conv/kernel holds -Infinity at place 0',
    ],
    [
      'a shape that no memory holds',
      spoilt((model) => (weights(model)[0]!.shape = [1e9, 1e9, 1e9])),
      'weights.bin has 140 bytes, but the weights it should hold take 4e+27',
    ],
  ])('%s', (_, file, message) => {
    expect(() => decodeNetwork(file)).toThrow(expect.objectContaining({ code: 'BAD_ARTIFACT', message }));
  });

  it('a topology that is no network of named layers', () => {
    const file = spoilt((model) => Object.assign(model.modelTopology as object, { class_name: 'Graph' }));
    expect(() => decodeNetwork(file)).toThrow(
      expect.objectContaining({ code: 'BAD_ARTIFACT', message: expect.stringContaining('must be Model or Functional') }),
    );
  });

  it('settings nested beyond all reason', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const file = zipSync({ 'model.json': strToU8(`{"modelTopology": {"config": ${deep}}, "weightsManifest": []}`) });
    expect(() => decodeNetwork(file)).toThrow(
      expect.objectContaining({ code: 'BAD_ARTIFACT', message: 'model.json nests lists or objects more than 100 deep' }),
    );
  });

  it('any value in the place of any other in model.json', () => {
    const places = placesIn(JSON.parse(strFromU8(unzipSync(tinyFile)['model.json']!)));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const file = spoilt((model) => replaceAt(model, place, value));
        try {
          decodeNetwork(file);
        } catch (error) {
          if (!(error instanceof EspalierError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('every truncation', () => {
    for (let length = 0; length < tinyFile.length; length++)
      expect(() => decodeNetwork(tinyFile.subarray(0, length))).toThrow(expect.objectContaining({ code: 'BAD_ARTIFACT' }));
  });

  it('every damaged byte, unless it means nothing', () => {
    const network = decodeNetwork(tinyFile);
    fc.assert(
      fc.property(fc.nat(tinyFile.length - 1), fc.integer({ min: 1, max: 255 }), (place, difference) => {
        const damaged = Uint8Array.from(tinyFile);
        damaged[place]! ^= difference;
        try {
          expect(decodeNetwork(damaged)).toEqual(network);
        } catch (error) {
          if (!(error instanceof EspalierError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });
});
