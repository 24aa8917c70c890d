import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createGenerator, type DatasetLocation } from '@espalier/core';
import { encodeIdx, idxFileNames } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';

/** Pictures of 8 × 8 pixels whose left, top or bottom half is bright, as IDX files. */
export async function writeSmallDataset(folder: string): Promise<DatasetLocation> {
  await mkdir(folder, { recursive: true });
  const write = async (count: number, purpose: string, imagesFile: string, labelsFile: string): Promise<void> => {
    const generator = createGenerator(1, purpose);
    const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
    const values = Uint8Array.from({ length: count * 64 }, (_, index) => {
      const [column, row] = [index % 8, Math.floor(index / 8) % 8];
      const bright = [column < 4, row < 4, row >= 4][labels[Math.floor(index / 64)]!]!;
      return (bright ? 140 : 0) + generator.integer(110);
    });
    await writeFile(path.join(folder, imagesFile), encodeIdx({ shape: [count, 8, 8], values }));
    await writeFile(path.join(folder, labelsFile), encodeIdx({ shape: [count], values: labels }));
  };
  await write(90, 'training', idxFileNames.trainingImages, idxFileNames.trainingLabels);
  await write(30, 'test', idxFileNames.testImages, idxFileNames.testLabels);
  return { format: 'idx', path: folder };
}

/** A residual block between a stem and a classifier, for pictures of that dataset. */
export async function writeSmallNetwork(file: string, seed = 1): Promise<void> {
  const net = new TopologyBuilder('small', [8, 8, 1]);
  const stem = net.relu(net.batchNormalisation(net.conv(net.input, 'stem', 6), 'stem_bn'), 'stem_relu');
  const inner = net.relu(net.batchNormalisation(net.conv(stem, 'inner', 6), 'inner_bn'), 'inner_relu');
  const branch = net.batchNormalisation(net.conv(inner, 'branch', 6), 'branch_bn');
  const sum = net.relu(net.add([stem, branch], 'sum'), 'sum_relu');
  const topology = net.build(net.dense(net.globalAveragePool(sum, 'pool'), 'classifier', 3));
  await writeFile(file, encodeNetwork(initialiseWeights(topology, seed)));
}
