import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { encodePng, inMemory, openDataset, type Dataset } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halves, listen, smallNetwork, smallSettings } from '../../test/fixtures.ts';
import { JobStopped } from '../context.ts';
import { train } from './train.ts';
import type { Lessons } from './classification-task.ts';
import type { Training } from './training.ts';

let device: Device;
let folder: string;
let dataset: Dataset;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'training-files-'));
  await writeHalves(path.join(folder, 'pictures'));
  dataset = await openDataset({ format: 'image-folder', path: path.join(folder, 'pictures') });
});
afterAll(() => rm(folder, { recursive: true }));

/** The pictures of `halves` as PNG files in class folders. */
async function writeHalves(place: string): Promise<void> {
  const { splits, classes, shape } = halves(90);
  const { images } = splits.training;
  if (!inMemory(images)) throw new Error('the fixture is not in memory');
  for (const name of classes) await mkdir(path.join(place, name), { recursive: true });
  for (let picture = 0; picture < images.count; picture++) {
    const pixels = images.pixels.subarray(picture * 64, (picture + 1) * 64);
    await writeFile(path.join(place, classes[images.labels[picture]!]!, `${picture}.png`), encodePng(pixels, shape));
  }
}

const training = async (name: string): Promise<Training & Lessons> => ({
  network: smallNetwork(),
  dataset,
  settings: smallSettings({
    augmentation: {
      padCrop: 1,
      horizontalFlip: false,
      randomResizedCrop: { minimumArea: 0.5, maximumArea: 1 },
      colourJitter: { brightness: 0.2, contrast: 0.2, saturation: 0, hue: 0 },
    },
  }),
  teacher: null,
  seed: 7,
  series: 'train',
  folder: await mkdtemp(path.join(folder, name)),
  checkpointEverySeconds: 1000,
  resumeFrom: null,
  identity: '1'.repeat(64),
});

/** Trains to the end, told to stop after every `steps` steps and begun again in the same folder. */
async function digestInPieces(given: Training & Lessons, steps: number): Promise<string> {
  for (let piece = 1; piece < 100; piece++) {
    const { context, stop } = listen(device);
    Object.defineProperty(context, 'step', {
      set: (step: number) => {
        if (step >= piece * steps) stop();
      },
    });
    try {
      return digestOf(encodeNetwork((await train(given, context)).network));
    } catch (error) {
      if (!(error instanceof JobStopped)) throw error;
    }
  }
  throw new Error('the training does not come to an end');
}

describe('training on pictures in files', () => {
  it('ends in the same bytes, stopped after every two steps or never, though batches are decoded ahead', async () => {
    const undisturbed = await digestInPieces(await training('undisturbed'), Infinity);
    expect(await digestInPieces(await training('stopped'), 2)).toBe(undisturbed);
  });

  it('end with the name of a picture that changes while they are trained on', async () => {
    const place = path.join(folder, 'changing');
    await writeHalves(place);
    const dataset = await openDataset({ format: 'image-folder', path: place });
    const given = { ...(await training('changes')), dataset, settings: smallSettings({ epochs: 10 }) };
    const pictures = await readdir(path.join(place, 'left'));
    const { context } = listen(device);
    let isChanged = false;
    Object.defineProperty(context, 'step', {
      set: () => {
        if (isChanged) return;
        isChanged = true;
        for (const picture of pictures) writeFileSync(path.join(place, 'left', picture), encodePng(new Uint8Array(64), [8, 8, 1]));
      },
    });
    await expect(train(given, context)).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_DATASET', message: expect.stringMatching(/left\/\d+\.png has changed/) as string }),
    );
  });

  it('learns', async () => {
    const settings = smallSettings({ epochs: 10 });
    const { context } = listen(device);
    const { validation } = await train({ ...(await training('learning')), settings }, context);
    expect(dataset).toMatchObject({ shape: [8, 8, 1], classes: ['bottom', 'left', 'top'] });
    // Six pictures, a third of which anybody guesses.
    expect(validation?.value).toBeGreaterThan(0.6);
  });
});
