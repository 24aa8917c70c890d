import { type tf } from '../tf.ts';

/** oneDNN normalises so many channels at a time. */
const channelBlock = 8;

/**
 * Whether a rectifier has to be hidden from TensorFlow's optimizer, which would take it into the normalisation before it. Of widths that do not fill oneDNN's
 * blocks, the two as one take more than twice as long as one after the other (12 channels of 8 × 16 × 16: 0.9 ms and 0.35), and have other last bits.
 *
 * @param place where the rectifier's input stands in the graph
 */
export const rectifierStaysApart = (op: string, place: string | undefined, input: tf.TensorInfo | undefined): boolean =>
  op === 'Relu' && place?.endsWith('/FusedBatchNormV3') === true && input!.shape.at(-1)! % channelBlock !== 0;
