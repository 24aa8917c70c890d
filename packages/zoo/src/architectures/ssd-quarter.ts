import type { Topology } from '@espalier/core';
import { TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { detector, vggBackbone, type SourceMap } from './ssd.ts';
import { convBnRelu } from './units.ts';

const name = 'ssd-vgg16-quarter';
const width = 1 / 4;
/** Below this a map is narrowed by leaving out its margin, from here on by a stride: 19, 10, 5, 3, 1, as in SSD300. */
const smallestStrided = 6;

/**
 * SSD on VGG-16 with a quarter of the channels, for any side: small enough to be trained from scratch by a processor. Batch normalisation behind every convolution, without which
 * SSD hardly learns from scratch (Zhu et al. 2019, "ScratchDet"); it takes the place of the L2 normalisation on conv4. At 160 × 160 there are five maps, of 20, 10, 5, 3 and
 * 1 places a side, with 2390 boxes, and the dilation is half of SSD300's, as the maps are.
 */
function ssdQuarter({ inputShape, classes }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder(name, inputShape);
  return detector(net, sourceMaps(net, inputShape), classes);
}

function sourceMaps(net: TopologyBuilder, [inputHeight, inputWidth]: ArchitectureRequest['inputShape']): SourceMap[] {
  const halved = (side: number, times: number): number => (times === 0 ? side : halved(Math.ceil(side / 2), times - 1));
  const { conv4, conv7 } = vggBackbone(net, (...args) => convBnRelu(net, ...args), { width, dilation: 3 });
  let [height, mapWidth] = [halved(inputHeight, 4), halved(inputWidth, 4)];
  const sources = [
    { stream: conv4, height: halved(inputHeight, 3), width: halved(inputWidth, 3) },
    { stream: conv7, height, width: mapWidth },
  ];
  for (let number = 8; Math.min(height, mapWidth) >= 3; number++) {
    const filters = (number === 8 ? 512 : 256) * width;
    const squeezed = convBnRelu(net, sources.at(-1)!.stream, `conv${number}_1`, filters / 2, { size: 1 });
    const strided = Math.min(height, mapWidth) >= smallestStrided;
    const stream = convBnRelu(net, squeezed, `conv${number}_2`, filters, strided ? { strides: 2 } : { padding: 'valid' });
    [height, mapWidth] = strided ? [Math.ceil(height / 2), Math.ceil(mapWidth / 2)] : [height - 2, mapWidth - 2];
    sources.push({ stream, height, width: mapWidth });
  }
  // Four boxes a place on the first and the last two maps, as in SSD300.
  return sources.map((source, index) => ({ ...source, boxesPerPlace: index === 0 || index >= sources.length - 2 ? 4 : 6 }));
}

export const ssdQuarterEntry: ZooEntry = {
  name,
  title: 'SSD on VGG-16 with a quarter of the channels and batch normalisation',
  paper: 'after Liu, Anguelov, Erhan, Szegedy, Reed, Fu, Berg: SSD: single shot multibox detector. ECCV 2016',
  task: 'detection',
  inputShape: [160, 160, 3],
  classes: 21,
  smallestSide: 64,
  build: ssdQuarter,
};
