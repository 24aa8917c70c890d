import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeIdx, idxFileNames } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';

/** Two convolutions for pictures of 8 × 8 pixels, as a file. */
export function smallNetwork(): Uint8Array {
  const net = new TopologyBuilder('small', [8, 8, 1]);
  const first = net.relu(net.batchNormalisation(net.conv(net.input, 'first', 6), 'first_bn'), 'first_relu');
  const second = net.relu(net.batchNormalisation(net.conv(first, 'second', 6), 'second_bn'), 'second_relu');
  return encodeNetwork(initialiseWeights(net.build(net.dense(net.globalAveragePool(second, 'pool'), 'classifier', 2)), 1));
}

/** Writes IDX files of pictures of 8 × 8 pixels with a bright left or top half. */
export async function writeBrightHalves(folder: string): Promise<string> {
  const write = async (count: number, imagesFile: string, labelsFile: string): Promise<void> => {
    const labels = Uint8Array.from({ length: count }, (_, index) => index % 2);
    const values = Uint8Array.from({ length: count * 64 }, (_, index) => {
      const bright = labels[Math.floor(index / 64)] === 0 ? index % 8 < 4 : index % 64 < 32;
      return (bright ? 180 : 20) + ((index * 37) % 60);
    });
    await writeFile(path.join(folder, imagesFile), encodeIdx({ shape: [count, 8, 8], values }));
    await writeFile(path.join(folder, labelsFile), encodeIdx({ shape: [count], values: labels }));
  };
  await write(60, idxFileNames.trainingImages, idxFileNames.trainingLabels);
  await write(20, idxFileNames.testImages, idxFileNames.testLabels);
  return folder;
}
