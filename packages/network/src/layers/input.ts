import { listSetting } from '../config.ts';
import { badNetwork } from '../faults.ts';
import { channelCount } from '../shape.ts';
import type { LayerKind } from './kind.ts';

export const input: LayerKind = {
  inputs: 'none',
  outputShape: (call) => {
    const key =
      call.config['batch_input_shape'] === undefined && call.config['batch_shape'] !== undefined ? 'batch_shape' : 'batch_input_shape';
    const [, ...shape] = listSetting(call, key);
    const sizes = shape.filter((size): size is number => size !== null && size > 0);
    if (shape.length === 0 || sizes.length !== shape.length)
      throw badNetwork(
        call.layer,
        `its shape ${JSON.stringify(shape)} is not fixed`,
        'Give the input a fixed height, width and number of channels.',
      );
    return sizes;
  },
  couple: (call, _, book) => {
    const labels = book.fresh(channelCount(call.outputShape));
    book.lock(labels, 'they are the network’s input');
    return labels;
  },
};

/** Layers that change nothing at inference: dropout of any kind, noise, regularisation. */
export const identity: LayerKind = {
  inputs: 'one',
  outputShape: ({ inputShapes }) => inputShapes[0]!,
  couple: (_, [labels]) => labels!,
};
