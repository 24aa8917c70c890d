import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device } from '@espalier/core';
import { encodePng } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, smallNetwork, smallSettings } from '../../test/fixtures.ts';
import { writeNetworkFile } from './files.ts';
import { runTrain } from './train.ts';

let device: Device;
let folder: string;
/** Three classes of ten pictures, of which two test and one validates. */
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'train-job-'));
  for (const [label, name] of ['a', 'b', 'c'].entries()) {
    await mkdir(path.join(folder, 'pictures', name), { recursive: true });
    for (let picture = 0; picture < 10; picture++) {
      const pixels = new Uint8Array(64).fill(80 * label + picture);
      await writeFile(path.join(folder, 'pictures', name, `${picture}.png`), encodePng(pixels, [8, 8, 1]));
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function warningsAt(batchSize: number): Promise<string[]> {
  const workDirectory = await mkdtemp(path.join(folder, 'work-'));
  const { path: file } = await writeNetworkFile(workDirectory, smallNetwork());
  const { context, heard } = listen(device);
  await runTrain(
    {
      kind: 'train',
      workDirectory,
      seed: 1,
      dataset: { format: 'image-folder', path: path.join(folder, 'pictures') },
      network: { from: 'file', path: file },
      settings: smallSettings({ epochs: 1, batchSize }),
      distillation: null,
      series: 'train',
      checkpointEverySeconds: 20,
      resumeFrom: null,
    },
    context,
  );
  return heard.flatMap((message) => (message.type === 'log' && message.line.level === 'warning' ? [message.line.text] : []));
}

describe('a batch that is larger than the training split', () => {
  it('is as large as that, and the log says so', async () => {
    expect(await warningsAt(22)).toEqual([expect.stringMatching(/^there are 21 pictures to train on: .* wants to be 22$/)]);
    expect(await warningsAt(21)).toEqual([]);
  });
});
