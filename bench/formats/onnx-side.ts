/**
 * Espalier's side of `onnx_peer.py`:
 *
 *   node --import tsx bench/formats/onnx-side.ts <folder> <opset> [name]…
 *
 * writes every network of the zoo (or those named), whole and cut, as an ONNX file, with a picture in the file's order (NCHW) and the answers of
 * Espalier's TensorFlow, output behind output. Pictures and answers are float32 in row-major order, `.bin`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createGenerator, type NetworkData } from '@espalier/core';
import { encodeOnnx } from '@espalier/formats';
import { dependencyGroups, elementCount, readGraph } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { prune } from '@espalier/surgery';
import { tensorflowRunner } from '@espalier/training';
import { buildZooTopology, initialiseWeights, zoo } from '@espalier/zoo';

/** Fresh weights with every number moved a little, so that none is the neutral one that a forgotten layer would stand for. */
function randomWeights(name: string, side: number): NetworkData {
  const { topology, weights } = initialiseWeights(buildZooTopology(name, { classes: 10, inputShape: [side, side, 3] }), 1);
  for (const { name: weight, values } of weights) {
    const generator = createGenerator(1, 'moved', weight);
    for (let index = 0; index < values.length; index++) values[index]! += weight.endsWith('kernel') ? 0 : 0.2 * (generator.uniform() - 0.5);
  }
  return { topology, weights };
}

function cut(network: NetworkData): NetworkData {
  return prune(network, randomPlan(dependencyGroups(readGraph(network.topology)), 1));
}

/** The picture is drawn in the order of the file, [C, H, W], and put in that of TensorFlow. */
async function write(folder: string, name: string, network: NetworkData, opset: number): Promise<void> {
  const runner = await tensorflowRunner(network);
  const [height, width, channels] = runner.inputs[0]!.shape as [number, number, number];
  const generator = createGenerator(1, 'picture', name);
  const picture = Float32Array.from({ length: elementCount([height, width, channels]) }, () => generator.normal());
  const places = height * width;
  const ours = picture.map((_, index) => picture[(index % channels) * places + Math.floor(index / channels)]!);
  const answers = await runner.run([ours]);
  await runner.close();
  const save = (ending: string, bytes: Uint8Array) => writeFileSync(path.join(folder, `${name}${ending}`), bytes);
  save('.onnx', encodeOnnx(network, { opset }));
  save('.input.bin', new Uint8Array(picture.buffer));
  save('.output.bin', new Uint8Array(Float32Array.from(answers.flatMap((values) => [...values])).buffer));
}

const [folder, opset, ...names] = process.argv.slice(2);
if (folder === undefined || opset === undefined) throw new Error('usage: onnx-side.ts <folder> <opset> [name]…');
mkdirSync(folder, { recursive: true });
for (const { name, smallestSide } of zoo.filter((entry) => names.length === 0 || names.includes(entry.name))) {
  const network = randomWeights(name, Math.max(smallestSide, 32));
  await write(folder, name, network, Number(opset));
  await write(folder, `${name}-cut`, cut(network), Number(opset));
}
