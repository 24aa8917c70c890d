import { readFileSync } from 'node:fs';
import { EspalierError, type NetworkData } from '@espalier/core';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { damaged, placesIn, replaceAt } from '../../test/damage.ts';
import { kerasFixture } from '../../test/keras-fixtures.ts';
import { KerasReader } from '../../test/keras-reader.ts';
import { readNetworkFile } from '../files.ts';
import { inSilence } from '../format.ts';
import { readModelConfig } from './config/read.ts';
import type { KerasVersion, LayerWeights } from './model.ts';
import { readKerasNetwork } from './read-network.ts';

const fixture = (file: string): Uint8Array => new Uint8Array(readFileSync(kerasFixture(file)));

/** A call of Keras 3 that reads the only output of a layer. */
const call = (layer: string) => ({
  args: [{ class_name: '__keras_tensor__', config: { shape: [null, 8, 8, 4], dtype: 'float32', keras_history: [layer, 0, 0] } }],
  kwargs: {},
});
const conv = { filters: 4, kernel_size: [3, 3], padding: 'same' };

const reader = new KerasReader(60_000);
/** For files that may be endless, where any expected failure will do. */
const hasty = new KerasReader(1000);
afterAll(() => Promise.all([reader.close(), hasty.close()]));

describe('a hostile HDF5 file is refused by name:', () => {
  it.each([
    [
      'values in another file',
      'in_another_file.h5',
      "the HDF5 file can't be read: the values of model_weights/conv/conv/kernel can't be read",
    ],
    ['a link into another file', 'behind_a_link.h5', 'weight model_weights/conv/conv/kernel is named, but is not in the file'],
    ['values put together from other files', 'put_together.h5', 'weight model_weights/conv/conv/kernel lies in another file'],
    ['a size of 72 terabytes in 14 kilobytes', 'never_written.h5', 'the weights claim 79164837199880 bytes, in a file of 14024'],
    ['groups that hold themselves', 'in_circles.h5', "the HDF5 file can't be read: its groups are nested more than 40 deep"],
  ])('%s', async (_, file, message) => {
    await expect(readNetworkFile(kerasFixture(file))).rejects.toMatchObject({ code: 'BAD_ARTIFACT', message });
  });

  it('one that sends the library round in circles', async () => {
    // plain.h5, damaged; found among thousands.
    const error = await hasty.read('h5', fixture('endless.h5'));
    expect(error).toMatchObject({
      code: 'BAD_ARTIFACT',
      message: expect.stringMatching(/^the HDF5 file can't be read: it takes more than \d+ s$/),
    });
    expect(hasty.lostThreads).toBe(1);
  });

  it('config nested beyond all reason', async () => {
    const files = unzipSync(fixture('sequential.keras'));
    const deep = `{"class_name": "Functional", "config": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const error = await reader.read('keras', zipSync({ ...files, 'config.json': strToU8(deep) }));
    expect(error).toMatchObject({ code: 'BAD_ARTIFACT', message: 'config.json nests lists or objects more than 100 deep' });
  });

  it.each<[string, (layers: { inbound_nodes: unknown[] }[]) => void, string, string]>([
    [
      'a cycle',
      ([, first, second]) => (first!.inbound_nodes = second!.inbound_nodes.map(() => call('batch_normalization'))),
      'BAD_NETWORK',
      'cycle',
    ],
    [
      'a layer that leads nowhere',
      (layers) => layers.push({ ...layers[1]!, name: 'lost', config: { ...conv, name: 'lost' } } as never),
      'BAD_NETWORK',
      'lost',
    ],
    ['a layer that reads nothing known', (layers) => (layers[2]!.inbound_nodes = [call('nobody')]), 'BAD_NETWORK', 'nobody'],
    ['two layers of one name', (layers) => layers.push(layers[1]!), 'BAD_NETWORK', 'its name is used twice'],
  ])('%s', async (_, change, code, words) => {
    const files = unzipSync(fixture('mixture.keras'));
    const config = JSON.parse(strFromU8(files['config.json']!)) as { config: { layers: { inbound_nodes: unknown[] }[] } };
    change(config.config.layers);
    const error = await reader.read('keras', zipSync({ ...files, 'config.json': strToU8(JSON.stringify(config)) }, { level: 0 }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it.each([
    ['config.json', 'config.json is missing'],
    ['model.weights.h5', 'model.weights.h5 is missing'],
  ])('a .keras file without %s', async (missing, message) => {
    const files = unzipSync(fixture('sequential.keras'));
    delete files[missing];
    expect(await reader.read('keras', zipSync(files))).toMatchObject({ code: 'BAD_ARTIFACT', message });
  });

  it('a zip bomb in the place of the weights', async () => {
    const files = unzipSync(fixture('sequential.keras'));
    const bomb = zipSync({ 'config.json': files['config.json']!, 'model.weights.h5': [new Uint8Array(2 ** 27), { level: 9 }] });
    expect(bomb.length).toBeLessThan(2 ** 18);
    expect(await reader.read('keras', bomb)).toMatchObject({
      code: 'BAD_ARTIFACT',
      message: expect.stringMatching(/^model.weights.h5 claims 134217728 bytes; at most \d+ are read$/),
    });
  });

  it('a file that leaves the zip', async () => {
    const file = zipSync({ ...unzipSync(fixture('sequential.keras')), '../../evil': strToU8('x') });
    expect(await reader.read('keras', file)).toMatchObject({
      code: 'BAD_ARTIFACT',
      message: 'the zip names a file outside its own folder: "../../evil"',
    });
  });
});

describe('damage to a Keras file gives a network or an expected failure:', () => {
  it.each([
    ['h5', 'plain.h5'],
    ['h5', 'sequential.h5'],
    ['keras', 'sequential.keras'],
  ] as const)('any cut of %s (%s)', async (layout, file) => {
    const bytes = fixture(file);
    for (let length = 0; length < bytes.length; length += 211)
      expect(await hasty.read(layout, bytes.slice(0, length))).toBeInstanceOf(EspalierError);
  });

  it('any damage to an .h5', async () => {
    const files = ['plain.h5', 'sequential.h5', 'integers.h5'].map(fixture);
    for (let seed = 0; seed < 450; seed++) await hasty.read('h5', damaged(files[seed % files.length]!, seed));
  });

  it('any damage to the weights of a .keras', async () => {
    const { 'model.weights.h5': weights, ...others } = unzipSync(fixture('sequential.keras'));
    for (let seed = 1000; seed < 1250; seed++)
      await hasty.read('keras', zipSync({ ...others, 'model.weights.h5': damaged(weights!, seed) }, { level: 0 }));
  });

  it('any damage to a .keras, which is found by its checksums unless it means nothing', async () => {
    const bytes = fixture('sequential.keras');
    const whole = await reader.read('keras', bytes);
    for (let seed = 2000; seed < 3000; seed++) {
      const read = await reader.read('keras', damaged(bytes, seed));
      if (!(read instanceof EspalierError)) expect(read).toEqual(whole);
    }
  });
});

describe('any value in the place of any other in a config gives a network or an expected failure', () => {
  interface Subject {
    readonly config: unknown;
    readonly version: KerasVersion;
    readonly weights: ReadonlyMap<string, LayerWeights>;
  }
  const subjects: Subject[] = [];

  /** The weights of a network under the names of its layers, as if a file had held them. */
  const weightsOf = (network: NetworkData): ReadonlyMap<string, LayerWeights> => {
    const weights = new Map<string, LayerWeights>();
    for (const { name, shape, values } of network.weights) {
      const layer = name.slice(0, name.lastIndexOf('/'));
      weights.set(layer, [...(weights.get(layer) ?? []), { shape, values }]);
    }
    return weights;
  };

  beforeAll(async () => {
    for (const [file, version] of [
      ['mixture.keras', 3],
      ['sequential.keras', 3],
      ['scaled.keras', 3],
      ['nested.keras', 3],
    ] as const) {
      const config: unknown = JSON.parse(strFromU8(unzipSync(fixture(file))['config.json']!));
      const { network } = await readNetworkFile(kerasFixture(file));
      subjects.push({ config, version, weights: weightsOf(network) });
      subjects.push({ config: legacy(config), version: 2, weights: weightsOf(network) });
    }
  });

  /** The config with its inbound nodes as Keras 2 writes them. */
  function legacy(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(legacy);
    if (typeof value !== 'object' || value === null) return value;
    if ('args' in value && Array.isArray(value.args))
      return value.args.flat().map((tensor: { config: { keras_history: unknown[] } }) => [...tensor.config.keras_history, {}]);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, legacy(inner)]));
  }

  it('in either dialect', () => {
    const places = subjects.map(({ config }) => placesIn(config));
    expect(places.every((list) => list.length > 100)).toBe(true);
    fc.assert(
      fc.property(fc.nat(subjects.length - 1), fc.nat(), fc.jsonValue(), (which, place, value) => {
        const { config, version, weights } = subjects[which]!;
        const spoilt = structuredClone(config);
        replaceAt(spoilt as object, places[which]![place % places[which]!.length]!, value);
        try {
          readKerasNetwork(readModelConfig(spoilt, version, 'config.json'), weights, inSilence);
        } catch (error) {
          if (!(error instanceof EspalierError)) throw error;
        }
      }),
      { numRuns: 3000, seed: 11 },
    );
  });
});
