import type { NetworkData } from '@espalier/core';
import { readGraph } from '@espalier/network';
import { buildModel, openBackend, tf } from '@espalier/tensor';
import type { Runner } from '../src/verification/runner.ts';

/** A network in TensorFlow, one picture at a time. */
export async function tensorflowRunner(network: NetworkData): Promise<Runner> {
  await openBackend();
  const { nodes } = readGraph(network.topology);
  const inputs = network.topology.config.input_layers.map(([name]) => ({
    shape: nodes.find(({ layer }) => layer === name)!.outputShape,
  }));
  const model = buildModel(network);
  return {
    inputs,
    run: async (values) =>
      tf.tidy(() => {
        const tensors = values.map((picture, index) => tf.tensor(picture, [1, ...inputs[index]!.shape]));
        const outputs = model.predict(tensors.length === 1 ? tensors[0]! : tensors);
        return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => Float32Array.from(output.dataSync()));
      }),
    close: () => {
      model.dispose();
    },
  };
}
