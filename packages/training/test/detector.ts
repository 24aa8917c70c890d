import type { NetworkData, Topology } from '@espalier/core';
import { initialiseWeights, TopologyBuilder, type Stream } from '@espalier/zoo';

export interface DetectorShape {
  readonly classCount: number;
  /** Height and width, a multiple of 8. */
  readonly side?: number;
  /** Channels of the three maps that boxes are predicted from. */
  readonly widths?: readonly [number, number, number];
}

/** A detector in the manner of SSD, for tests: three maps of an eighth of the side, half of that, and one place. `classCount` counts the background. */
export function detectorTopology({ classCount, side = 16, widths = [8, 12, 12] }: DetectorShape): Topology {
  const net = new TopologyBuilder('detector', [side, side, 3]);
  const block = (input: Stream, name: string, filters: number, strides: number): Stream =>
    net.relu(net.batchNormalisation(net.conv(input, name, filters, { strides }), `${name}_bn`), `${name}_relu`);
  const stem = block(block(net.input, 'stem', 6, 2), 'stem2', widths[0], 2);
  const first = block(stem, 'first', widths[0], 2);
  const second = block(first, 'second', widths[1], 2);
  const last = net.relu(net.conv(second, 'last', widths[2], { size: side / 16, padding: 'valid', bias: true }), 'last_relu');
  const maps = [
    { stream: first, places: (side / 8) ** 2, boxes: 4 },
    { stream: second, places: (side / 16) ** 2, boxes: 6 },
    { stream: last, places: 1, boxes: 4 },
  ];
  const stacked = (part: string, channels: number): Stream =>
    net.stack(
      maps.map(({ stream, places, boxes }, index) =>
        net.reshape(
          net.conv(stream, `${part}${index}`, boxes * channels, { bias: true }),
          `${part}${index}_rows`,
          places * boxes,
          channels,
        ),
      ),
      part,
    );
  return net.build(stacked('classes', classCount), stacked('boxes', 4));
}

export const smallDetector = (shape: DetectorShape, seed = 1): NetworkData => initialiseWeights(detectorTopology(shape), seed);
