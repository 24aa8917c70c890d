import { buildModel, openBackend, tf } from '@espalier/tensor';
import { buildZooNetwork } from '@espalier/zoo';
import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeNetwork, encodeNetwork } from '../network-file.ts';
import { readLayersModel } from './read.ts';

/** Answers of a model on a fixed picture. */
function answers(model: tf.LayersModel): number[] {
  return tf.tidy(() => {
    const [, height, width, channels] = model.inputs[0]!.shape;
    const picture = tf.linspace(-1, 1, height! * width! * channels!).reshape([1, height!, width!, channels!]);
    return [...(model.predict(picture) as tf.Tensor).dataSync()];
  });
}

/** A LayersModel that TF.js itself loads from the two unpacked files. */
async function loadUnpacked(file: Uint8Array): Promise<tf.LayersModel> {
  const files = unzipSync(file);
  const { modelTopology, weightsManifest } = JSON.parse(strFromU8(files['model.json']!)) as tf.io.ModelJSON;
  const handler: tf.io.IOHandler = {
    load: async () => ({
      modelTopology,
      weightSpecs: weightsManifest!.flatMap(({ weights }) => weights),
      weightData: files['weights.bin']!.slice().buffer,
    }),
  };
  return tf.loadLayersModel(handler);
}

describe('a network file and TF.js', () => {
  beforeAll(async () => {
    await openBackend();
  });

  it.each(['resnet20', 'resnet20-b', 'mobilenet-v2'])('%s unpacked is a LayersModel that answers alike', async (name) => {
    const network = buildZooNetwork(name, { seed: 2, inputShape: [32, 32, 1], classes: 10 });
    const model = await loadUnpacked(encodeNetwork(network));
    const own = buildModel(network);
    expect(answers(model)).toEqual(answers(own));
    model.dispose();
    own.dispose();
  });

  it('reads what TF.js saves', async () => {
    const network = buildZooNetwork('resnet20', { seed: 2, inputShape: [16, 16, 1], classes: 3 });
    const own = buildModel(network);
    let saved: tf.io.ModelArtifacts | undefined;
    await own.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    const weights = new Uint8Array(tf.io.concatenateArrayBuffers([saved!.weightData!].flat()));
    const json = new TextEncoder().encode(
      JSON.stringify({ modelTopology: saved!.modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: saved!.weightSpecs }] }),
    );
    const read = readLayersModel(
      new Map([
        ['model.json', { size: json.length, read: () => json }],
        ['weights.bin', { size: weights.length, read: () => weights }],
      ]),
    );
    const again = buildModel(decodeNetwork(encodeNetwork(read)));
    expect(answers(again)).toEqual(answers(own));
    own.dispose();
    again.dispose();
  });
});
