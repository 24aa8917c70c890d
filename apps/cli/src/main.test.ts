import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { encodeIdx, idxFileNames } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { espalier } from '../test/espalier.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Starting the program, and TensorFlow where it is needed, takes seconds on a busy machine. */
describe('espalier', { timeout: 240_000 }, () => {
  it('lists the zoo', async () => {
    const { code, stdout } = await espalier('zoo', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { zoo: { name: string }[] }).zoo.map(({ name }) => name)).toContain('resnet20');
  });

  it('counts a network of the zoo as the papers do', async () => {
    const { stdout } = await espalier('--json', 'cost', 'resnet20');
    const counted = JSON.parse(stdout);
    expect(counted).toMatchObject({ network: 'resnet20', convention: 'physical', parameters: 269_722, macs: 40_551_040, cost: 40_551_040 });
    expect(counted.layers).toContainEqual({ name: 'stem_conv', type: 'Conv2D', outputShape: [32, 32, 16], parameters: 432, macs: 442_368 });
  });

  it('tells what this machine computes with', async () => {
    const { code, stdout } = await espalier('doctor', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ backend: expect.any(String), oneDnn: expect.any(Boolean), node: process.versions.node });
  });

  it.each([
    { name: 'an unknown command', args: ['prun'], message: /unknown command 'prun'/ },
    { name: 'a missing argument', args: ['cost'], message: /missing required argument 'network'/ },
    { name: 'a missing option', args: ['digits'], message: /--out <folder>/ },
    {
      name: 'a number that is none',
      args: ['train', 'resnet20', '--data', 'd', '--out', 'o', '--epochs', 'many'],
      message: /--epochs <count>.*whole number/s,
    },
    {
      name: 'a split that there is not',
      args: ['evaluate', 'x.zip', '--data', 'd', '--split', 'all'],
      message: /--split <name>.*training, validation, test/s,
    },
  ])('answers $name with exit code 2, the name of the argument and the way out', async ({ args, message }) => {
    const { code, stderr, stdout } = await espalier(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('espalier help');
    expect(stdout).toBe('');
  });

  it('answers a failure with exit code 1, and says as JSON what is wrong', async () => {
    const { code, stdout } = await espalier('cost', 'resnet21', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.stringContaining('resnet21') } });
  });

  it('refuses a recipe without what it needs, by name', async () => {
    await writeFile(path.join(folder, 'recipe.yaml'), 'kind: training\nseed: 3\n');
    const { code, stderr } = await espalier(
      'train',
      'resnet20',
      '--data',
      folder,
      '--out',
      folder,
      '--recipe',
      path.join(folder, 'recipe.yaml'),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('training.epochs');
  });

  it('trains and compresses on local folders, and ends in the same bytes when it does so again', async () => {
    const data = await writeBrightHalves();
    const untrained = path.join(folder, 'untrained.zip');
    await writeFile(untrained, smallNetwork());
    const flags = ['--batch-size', '8', '--learning-rate', '0.05', '--json'];
    const trained = await espalier('train', untrained, '--data', data, '--out', path.join(folder, 'trained'), '--epochs', '6', ...flags);
    expect(trained.code).toBe(0);

    const network = path.join(folder, 'trained/network.zip');
    const compress = (out: string) =>
      espalier('compress', network, '--data', data, '--out', path.join(folder, out), '--reduction', '0.3', '--epochs', '2', ...flags);
    const [first, second] = [await compress('first'), await compress('second')];
    expect(first.code).toBe(0);
    const result = JSON.parse(first.stdout) as CompressionResult;
    expect(result.stages.map(({ stage }) => stage.name)).toEqual(['analyse', 'prune', 'retrain', 'evaluate']);
    expect(result.measurements.after.macs).toBeLessThanOrEqual(0.7 * result.measurements.before.macs);
    expect((JSON.parse(second.stdout) as CompressionResult).network.digest).toBe(result.network.digest);
    expect((await readdir(path.join(folder, 'first'))).sort()).toEqual([
      'analyse-1',
      'evaluate',
      'network.zip',
      'prune-1',
      'result.json',
      'retrain-1',
    ]);
    expect(JSON.parse(await readFile(path.join(folder, 'first/result.json'), 'utf8'))).toEqual(result);
  });
});

interface CompressionResult {
  stages: { stage: { name: string } }[];
  measurements: { before: { macs: number }; after: { macs: number } };
  network: { digest: string };
}

function smallNetwork(): Uint8Array {
  const net = new TopologyBuilder('small', [8, 8, 1]);
  const first = net.relu(net.batchNormalisation(net.conv(net.input, 'first', 6), 'first_bn'), 'first_relu');
  const second = net.relu(net.batchNormalisation(net.conv(first, 'second', 6), 'second_bn'), 'second_relu');
  return encodeNetwork(initialiseWeights(net.build(net.dense(net.globalAveragePool(second, 'pool'), 'classifier', 2)), 1));
}

/** Pictures of 8 × 8 pixels with a bright left or top half. */
async function writeBrightHalves(): Promise<string> {
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
