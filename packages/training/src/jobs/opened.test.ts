import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device, NetworkData } from '@espalier/core';
import { encodePng, inspectDataset } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../test/fixtures.ts';
import type { JobContext } from '../context.ts';
import { checkFitOf, openFor } from './opened.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

let folder: string;
let context: JobContext;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'opened-'));
  ({ context } = listen(device));
});
afterEach(() => rm(folder, { recursive: true }));

/** Grey pictures of two classes, one of each of the given heights. */
async function writePictures(heights: readonly number[]): Promise<{ format: 'image-folder'; path: string }> {
  for (const name of ['cat', 'dog']) {
    await mkdir(path.join(folder, name));
    for (const height of heights) {
      await writeFile(path.join(folder, name, `${height}.png`), encodePng(new Uint8Array(height * 9).fill(height), [height, 9, 1]));
    }
  }
  return { format: 'image-folder', path: folder };
}

function networkFor(height: number, width: number): NetworkData {
  const net = new TopologyBuilder('small', [height, width, 1]);
  return initialiseWeights(net.build(net.dense(net.globalAveragePool(net.conv(net.input, 'stem', 2), 'pool'), 'classifier', 2)), 1);
}

const refused = expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringMatching(/does not fit the dataset/) as string });

describe('a folder of pictures of various sizes', () => {
  it('is opened in the size that a network takes, whatever it was opened in before', async () => {
    const location = await writePictures([7, 8, 9, 10]);
    const first = await openFor(networkFor(8, 8), location, 'network', context);
    expect(first.dataset.shape).toEqual([8, 8, 1]);
    const second = await openFor(networkFor(12, 12), location, 'network', context, first);
    expect(second.dataset.shape).toEqual([12, 12, 1]);
    expect(await openFor(networkFor(12, 12), location, 'network', context, second)).toEqual(second);
    expect(second.dataset.digest).toBe(first.dataset.digest);
  });

  it('fits by what an inspection found, too', async () => {
    const location = await writePictures([7, 8, 9, 10]);
    const summary = await inspectDataset(location);
    expect(summary).toMatchObject({ shape: [224, 224, 1], resized: true });
    expect(() => checkFitOf(networkFor(8, 8), location, summary, 'network')).not.toThrow();
    expect(() => checkFitOf(networkFor(8, 9), location, summary, 'network')).toThrow(refused);
  });

  it('is opened as the location says where that says it', async () => {
    const location = { ...(await writePictures([7, 8, 9, 10])), imageSize: 6 };
    await expect(openFor(networkFor(8, 8), location, 'network', context)).rejects.toThrow(refused);
  });
});

describe('a folder of pictures of one size', () => {
  it('is for networks of that size alone', async () => {
    const location = await writePictures([9]);
    await writeFile(path.join(folder, 'cat/more.png'), encodePng(new Uint8Array(81), [9, 9, 1]));
    await writeFile(path.join(folder, 'cat/still.png'), encodePng(new Uint8Array(81), [9, 9, 1]));
    expect((await openFor(networkFor(9, 9), location, 'network', context)).dataset.shape).toEqual([9, 9, 1]);
    await expect(openFor(networkFor(8, 8), location, 'network', context)).rejects.toThrow(refused);
    const summary = await inspectDataset(location);
    expect(summary.resized).toBeUndefined();
    expect(() => checkFitOf(networkFor(8, 8), location, summary, 'network')).toThrow(refused);
  });
});
