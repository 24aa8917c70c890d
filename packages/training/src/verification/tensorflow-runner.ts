import type { NetworkData } from '@espalier/core';
import type { Runner } from '@espalier/formats';
import { readGraph, type Shape } from '@espalier/network';
import { buildModel, openBackend, tf } from '@espalier/tensor';

/**
 * A network in TensorFlow, one picture at a time and layer by layer as TF.js executes it, in inference mode: what the portal trains and measures.
 * Opens the backend where that has not happened yet. Throws as `readGraph` does, and BAD_NETWORK for weights that do not fit.
 */
export async function tensorflowRunner(network: NetworkData): Promise<Runner> {
  await openBackend();
  const shapes = inputShapes(network);
  const model = buildModel(network);
  return {
    inputs: shapes.map((shape) => ({ shape })),
    run: async (inputs) => run(model, shapes, inputs),
    close: () => {
      model.dispose();
    },
  };
}

/** Without the batch, in the order in which the topology names its inputs. */
function inputShapes({ topology }: NetworkData): Shape[] {
  const { nodes } = readGraph(topology);
  const byLayer = new Map(nodes.filter(({ call }) => call === 0).map(({ layer, outputShape }) => [layer, outputShape]));
  return topology.config.input_layers.map(([layer]) => byLayer.get(layer)!);
}

async function run(model: tf.LayersModel, shapes: readonly Shape[], inputs: readonly Float32Array[]): Promise<Float32Array[]> {
  const outputs = tf.tidy(() => {
    // Copies: the native backend shares memory with the arrays it is given.
    const fed = shapes.map((shape, index) => tf.tensor(inputs[index]!.slice(), [1, ...shape], 'float32'));
    const given = model.predict(fed.length === 1 ? fed[0]! : fed);
    return Array.isArray(given) ? given : [given];
  });
  try {
    return await Promise.all(outputs.map(async (output) => Float32Array.from(await output.data<'float32'>())));
  } finally {
    tf.dispose(outputs);
  }
}
