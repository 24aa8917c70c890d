import { encodeNetwork } from '@espalier/formats';
import { initialiseWeights, TopologyBuilder, type Stream } from '@espalier/zoo';

/** The classes of six scenes or more, in the order of their names. */
export const shapeClasses = ['cross', 'disc', 'ring', 'square', 'star', 'triangle'] as const;

/** A detector of SSD's kind for pictures of 32 × 32 pixels, as a file: two maps of 4 × 4 and 2 × 2 places, with 4 and 6 boxes at each. */
export function smallDetector(classes: number = shapeClasses.length): Uint8Array {
  const net = new TopologyBuilder('detector', [32, 32, 3]);
  const block = (input: Stream, name: string, filters: number): Stream =>
    net.relu(net.batchNormalisation(net.conv(input, name, filters, { strides: 2 }), `${name}_bn`), `${name}_relu`);
  const first = block(block(block(net.input, 'stem', 8), 'second', 12), 'third', 16);
  const maps = [
    { stream: first, side: 4, boxes: 4 },
    { stream: block(first, 'fourth', 16), side: 2, boxes: 6 },
  ];
  const predicted = (part: string, width: number): Stream => {
    const rows = maps.map(({ stream, side, boxes }, index) => {
      const map = net.conv(stream, `${part}${index + 1}`, boxes * width, { bias: true });
      return net.reshape(map, `${part}${index + 1}_rows`, side * side * boxes, width);
    });
    return net.stack(rows, part);
  };
  return encodeNetwork(initialiseWeights(net.build(predicted('classes', 1 + classes), predicted('boxes', 4)), 1));
}
