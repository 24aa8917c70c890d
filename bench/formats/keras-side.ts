/**
 * Espalier's side of `keras_peer.py`, each mode in a process of its own:
 *
 *   write <folder> [name]… every network of the zoo (or those named), whole and cut, as .h5 and .keras, with a picture and the answer of Espalier's TensorFlow
 *   answer <file> <folder> the answer of the network in a file that Keras wrote, to the picture that lies in the folder, and the network written
 *                          again, as back.keras
 *
 * Pictures and answers are float32 in row-major order, `.bin`. The last line on standard output is JSON.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createGenerator, type InboundTensor, type NetworkData, type Topology } from '@espalier/core';
import { readNetworkFile, writeNetworkFile } from '@espalier/formats';
import { dependencyGroups, readGraph, weightSpecs } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { prune } from '@espalier/surgery';
import { buildModel, openBackend, tf } from '@espalier/tensor';
import { buildZooTopology, zoo } from '@espalier/zoo';

/** Small pictures and few classes, where the architecture allows: what is compared does not grow with them. */
const small = ({ name, inputShape, smallestSide, fixedSide }: (typeof zoo)[number]): Topology =>
  buildZooTopology(name, { classes: 10, inputShape: fixedSide === true ? inputShape : [smallestSide, smallestSide, 3] });

/** A run of channels and a shuffle of them, which no network of the zoo has. */
function selections(): Topology {
  const layer = (type: string, name: string, source: string | null, config: Record<string, unknown>) => ({
    class_name: type,
    name,
    config: { name, trainable: true, ...config },
    inbound_nodes: source === null ? [] : [[[source, 0, 0, {}] satisfies InboundTensor]],
  });
  return {
    class_name: 'Model',
    config: {
      name: 'selections',
      layers: [
        layer('InputLayer', 'input', null, { batch_input_shape: [null, 5, 5, 6], dtype: 'float32', sparse: false }),
        layer('ChannelSelection', 'run', 'input', { channels: [1, 2, 3, 4] }),
        layer('ChannelSelection', 'shuffle', 'run', { channels: [2, 0, 3, 1, 1] }),
      ],
      input_layers: [['input', 0, 0]],
      output_layers: [['shuffle', 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

/** Weights that tell every one of them apart, as fresh ones (β = 0, σ = 1) would not. */
function withRandomWeights(topology: Topology, seed: number): NetworkData {
  const weights = weightSpecs(readGraph(topology)).map(({ name, shape, role }) => {
    const generator = createGenerator(seed, 'weights', name);
    const size = shape.reduce((product, length) => product * length, 1);
    const deviation = Math.sqrt(2 / (size / shape.at(-1)!));
    const draw = (): number => {
      if (role === 'moving_variance' || role === 'gamma' || role === 'scale') return 0.5 + generator.uniform();
      if (shape.length === 1) return 0.2 * (generator.uniform() - 0.5);
      return deviation * Math.sqrt(3) * (2 * generator.uniform() - 1);
    };
    return { name, shape, values: Float32Array.from({ length: size }, draw) };
  });
  return { topology, weights };
}

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The outputs for one picture, one behind the other. */
function answer(network: NetworkData, picture: Float32Array): Float32Array {
  const model = buildModel(network);
  const [, ...shape] = model.inputs[0]!.shape;
  const outputs = tf.tidy(() => {
    const predicted = model.predict(tf.tensor(picture, [1, ...shape] as number[]));
    return [predicted].flat().map((output) => (output as tf.Tensor).dataSync() as Float32Array);
  });
  model.dispose();
  return Float32Array.from(outputs.flatMap((values) => [...values]));
}

async function writeCase(folder: string, name: string, network: NetworkData): Promise<string> {
  const [input] = readGraph(network.topology).nodes;
  const generator = createGenerator(1, 'picture', name);
  const size = input!.outputShape.reduce((product, length) => product * length, 1);
  const picture = Float32Array.from({ length: size }, () => generator.uniform() - 0.5);
  writeFileSync(path.join(folder, `${name}.input.bin`), bytesOf(picture));
  writeFileSync(path.join(folder, `${name}.output.bin`), bytesOf(answer(network, picture)));
  for (const ending of ['h5', 'keras']) await writeNetworkFile(path.join(folder, `${name}.${ending}`), network);
  return name;
}

await openBackend();
const [mode, first, second, ...others] = process.argv.slice(2);
if (mode === 'write') {
  mkdirSync(first!, { recursive: true });
  const names = [await writeCase(first!, 'selections', { topology: selections(), weights: [] })];
  const chosen = second === undefined ? zoo : zoo.filter(({ name }) => [second, ...others].includes(name));
  for (const entry of chosen) {
    const network = withRandomWeights(small(entry), 3);
    names.push(await writeCase(first!, entry.name, network));
    const plan = randomPlan(dependencyGroups(readGraph(network.topology)), 3);
    names.push(await writeCase(first!, `${entry.name}-cut`, prune(network, plan)));
    process.stderr.write(`wrote ${entry.name}\n`);
  }
  process.stdout.write(`${JSON.stringify(names)}\n`);
} else {
  const { network, warnings } = await readNetworkFile(first!);
  const bytes = readFileSync(path.join(second!, 'input.bin'));
  const output = answer(network, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
  writeFileSync(path.join(second!, 'output.bin'), bytesOf(output));
  await writeNetworkFile(path.join(second!, 'back.keras'), network);
  process.stdout.write(`${JSON.stringify({ layers: network.topology.config.layers.length, warnings })}\n`);
}
