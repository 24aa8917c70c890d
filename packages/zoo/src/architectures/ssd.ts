import type { ConvolutionOptions, Stream, TopologyBuilder } from '../builder.ts';
import type { Topology } from '@espalier/core';

/** A feature map that boxes are predicted from: its height and width, and how many prior boxes sit at each of its places. */
export interface SourceMap {
  readonly stream: Stream;
  readonly height: number;
  readonly width: number;
  readonly boxesPerPlace: number;
}

/** Convolution and what follows it up to the rectifier. */
export type Unit = (input: Stream, name: string, filters: number, options?: ConvolutionOptions) => Stream;

/**
 * VGG-16 as the backbone of SSD (Liu et al. 2016, section 3): its two dense layers are convolutions, of which the first is dilated to make up for the stride of 1 of the last
 * pooling. @param width the share of VGG's channels.
 */
export function vggBackbone(
  net: TopologyBuilder,
  conv: Unit,
  { width, dilation }: { readonly width: number; readonly dilation: number },
): { readonly conv4: Stream; readonly conv7: Stream } {
  const block = (input: Stream, name: string, filters: number, layers: number): Stream =>
    Array.from({ length: layers }, (_, index) => `${name}_${index + 1}`).reduce(
      (stream, layer) => conv(stream, layer, filters * width),
      input,
    );
  const first = net.maxPool(block(net.input, 'conv1', 64, 2), 'pool1', 2, 2);
  const second = net.maxPool(block(first, 'conv2', 128, 2), 'pool2', 2, 2);
  // For SSD300, 75 × 75 becomes 38 × 38: this pooling rounds up.
  const third = net.maxPool(block(second, 'conv3', 256, 3), 'pool3', 2, 2);
  const conv4 = block(third, 'conv4', 512, 3);
  const conv5 = block(net.maxPool(conv4, 'pool4', 2, 2), 'conv5', 512, 3);
  const conv6 = conv(net.maxPool(conv5, 'pool5', 3, 1), 'conv6', 1024 * width, { dilation });
  return { conv4, conv7: conv(conv6, 'conv7', 1024 * width, { size: 1 }) };
}

/**
 * The two convolutions of each source map with the class logits [boxes, classes] and the offsets [boxes, 4] of its boxes, put one below the other: the two
 * outputs. The background counts as a class.
 */
export function detector(net: TopologyBuilder, sources: readonly SourceMap[], classes: number): Topology {
  const predicted = (part: string, channels: number) => {
    const rows = sources.map(({ stream, height, width, boxesPerPlace }, index) => {
      const name = `head${index + 1}_${part}`;
      const map = net.conv(stream, name, boxesPerPlace * channels, { bias: true });
      return net.reshape(map, `${name}_rows`, height * width * boxesPerPlace, channels);
    });
    return net.stack(rows, part);
  };
  return net.build(predicted('classes', classes), predicted('boxes', 4));
}
