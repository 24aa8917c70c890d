import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { espalier, espalierInside, program } from '../test/espalier.ts';
import { smallNetwork, writeBrightHalves } from '../test/small.ts';
import { commands } from './commands/index.ts';
import { createOutput } from './output.ts';

const unused = createOutput(false, process);

const compression = ['--dataset', 'DATA', '--out', 'OUT', '--macs', '0.5', '--epochs', '1', '--learning-rate', '0.1'];
const comparison = ['--networks', 'NETWORK', '--dataset', 'DATA', '--methods', 'l1', '--out', 'OUT'];

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
      args: ['train', '--network', 'resnet20', '--dataset', 'd', '--out', 'o', '--epochs', 'many'],
      message: /--epochs <count>.*whole number/s,
    },
    {
      name: 'a split that there is not',
      args: ['evaluate', 'x.zip', '--dataset', 'd', '--split', 'all'],
      message: /--split <name>.*training, validation, test/s,
    },
  ])('answers $name with exit code 2, the name of the argument and the way out', async ({ args, message }) => {
    const { code, stderr, stdout } = await espalierInside(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('espalier help');
    expect(stdout).toBe('');
  });

  it('answers a name that there is not with exit code 2, and says as JSON what is wrong', async () => {
    const { code, stdout } = await espalierInside('cost', 'resnet21', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.stringContaining('resnet21') } });
  });

  it('answers wrong usage as JSON as well, with one object and nothing else', async () => {
    const { code, stdout, stderr } = await espalier('cost', 'resnet20', '--convention', 'mine', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'BAD_INPUT', message: expect.stringMatching(/--convention.*physical, hrank/) },
    });
    expect(stderr).toBe('');
  });

  it.each(commands.map((create) => create(() => unused).name()))('shows examples in the help of %s', async (name) => {
    const { code, stdout, stderr } = await espalierInside(name, '--help');
    expect(stdout).toContain(`Usage: espalier ${name}`);
    expect(stdout).toContain(`Examples:\n  espalier ${name}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('says in the help which options have to be there, and what exit codes mean', async () => {
    const { stdout } = await espalierInside('digits', '--help');
    expect(stdout).toMatch(/--out <folder>.*\(required\)/);
    expect(stdout).toContain('Exit codes: 0 done');
  });

  it.each([
    { name: 'a dataset that is not there', args: ['evaluate', 'NETWORK', '--dataset', 'nowhere'], code: 'NOT_FOUND', says: 'nowhere' },
    { name: 'a file for a dataset', args: ['evaluate', 'NETWORK', '--dataset', 'NETWORK'], code: 'BAD_INPUT', says: 'small.zip' },
    { name: 'a network that is not there', args: ['compress', '--model', 'nowhere', ...compression], code: 'NOT_FOUND', says: 'nowhere' },
    {
      name: 'a network without weights',
      args: ['compress', '--model', 'resnet20', ...compression],
      code: 'NOT_FOUND',
      says: 'espalier train',
    },
    { name: 'a folder without a network', args: ['compress', '--model', 'DATA', ...compression], code: 'NOT_FOUND', says: 'model.json' },
    { name: 'no epochs', args: ['compare-methods', ...comparison, '--epochs', '0'], code: 'BAD_INPUT', says: '--epochs' },
    {
      name: 'a step of more than there may be',
      args: ['compare-methods', ...comparison, '--batch-size', '9999'],
      code: 'BAD_INPUT',
      says: 'batchSize',
    },
    {
      name: 'a network twice',
      args: ['compare-methods', ...comparison, '--networks', 'NETWORK,NETWORK'],
      code: 'BAD_INPUT',
      says: 'named twice',
    },
    {
      name: 'no pictures',
      args: ['sensitivity', '--model', 'NETWORK', '--dataset', 'DATA', '--images', '0'],
      code: 'BAD_INPUT',
      says: '--images',
    },
  ])('refuses $name as wrong usage', async ({ args, code, says }) => {
    await writeFile(path.join(folder, 'small.zip'), smallNetwork());
    await mkdir(path.join(folder, 'data'));
    await writeBrightHalves(path.join(folder, 'data'));
    const places = (text: string): string =>
      text
        .replaceAll('NETWORK', path.join(folder, 'small.zip'))
        .replaceAll('DATA', path.join(folder, 'data'))
        .replaceAll('OUT', path.join(folder, 'out'));
    const refused = await espalierInside(...args.map(places), '--json');
    const { error } = JSON.parse(refused.stdout);
    expect({ exit: refused.code, code: error.code }).toEqual({ exit: 2, code });
    expect(`${error.message} ${error.hint}`).toContain(says);
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
  });

  it.each([
    ['evaluate', 'whole.zip', 'cut.zip', '--dataset', 'data'],
    ['compress', '--model', 'cut.zip', '--dataset', 'data', '--macs', '0.5', '--epochs', '1', '--learning-rate', '0.1', '--out', 'out'],
    ['sensitivity', '--model', 'cut.zip', '--dataset', 'data', '--cache', 'out'],
    [
      'distill',
      '--teacher',
      'cut.zip',
      '--network',
      'whole.zip',
      '--dataset',
      'data',
      '--epochs',
      '1',
      '--learning-rate',
      '0.1',
      '--out',
      'out',
    ],
    ['compare-methods', '--networks', 'whole.zip,cut.zip', '--dataset', 'data', '--out', 'out'],
  ])('says in %s which of the files is damaged', async (...args) => {
    await writeFile(path.join(folder, 'whole.zip'), smallNetwork());
    await writeFile(path.join(folder, 'cut.zip'), smallNetwork().subarray(0, 400));
    await mkdir(path.join(folder, 'data'));
    await writeBrightHalves(path.join(folder, 'data'));
    const places = (text: string): string => text.replaceAll(/\b(whole|cut)\.zip|^(data|out)$/g, (name) => path.join(folder, name));
    const { code, stderr } = await espalierInside(...args.map(places));
    expect(stderr).toContain(`${path.join(folder, 'cut.zip')}: the file is not a zip`);
    expect(code).toBe(1);
  });

  it('ends well where the reader has seen enough', async () => {
    const { stderr, stdout } = await promisify(exec)(`"${process.execPath}" "${program}" cost densenet121 --json | head -c 20`);
    expect({ stdout, stderr }).toEqual({ stdout: '{"network":"densenet', stderr: '' });
  });

  it('refuses a recipe without what it needs, by name', async () => {
    await writeFile(path.join(folder, 'recipe.yaml'), 'kind: training\nseed: 3\n');
    const { code, stderr } = await espalierInside(
      'train',
      '--network',
      'resnet20',
      '--dataset',
      folder,
      '--out',
      folder,
      '--recipe',
      path.join(folder, 'recipe.yaml'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('training.epochs');
  });
});
