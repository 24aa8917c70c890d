import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NetworkData } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { buildZooTopology, TopologyBuilder } from '@espalier/zoo';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { cutAtRandom } from '../test/engines.ts';
import { randomWeights } from '../test/random-weights.ts';
import { readNetworkFile, writeNetworkFile } from './files.ts';
import type { FormatName } from './format.ts';
import { formats } from './formats.ts';
import { encodeNetwork } from './network-file.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'espalier-files-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;
let folder = '';
beforeEach(() => {
  folder = path.join(scratch, String(++folders));
  mkdirSync(folder);
});
const at = (name: string): string => path.join(folder, name);

function tinyNetwork(): NetworkData {
  const net = new TopologyBuilder('tiny', [6, 6, 3]);
  const early = net.relu(net.batchNormalisation(net.conv(net.input, 'conv', 4), 'bn'), 'relu');
  const late = net.conv(early, 'late', 8);
  const sum = net.add([net.channelPadding(early, 'shortcut', 2, 2), late], 'sum');
  return randomWeights(net.build(net.dense(net.globalAveragePool(sum, 'pool'), 'classifier', 3)), 5);
}
const tiny = tinyNetwork();
const digest = (network: NetworkData): string => digestOf(encodeNetwork(network));

/** One path for each format. */
const places = { 'tfjs-folder': 'net', 'tfjs-zip': 'net.zip', 'keras-h5': 'net.h5', keras: 'net.keras', onnx: 'net.onnx' } as const;
/** ONNX names its tensors in its own way, so that the network comes back computing the same, and not letter by letter. */
const literal = ['tfjs-folder', 'tfjs-zip', 'keras-h5', 'keras'] as const;

/** Every byte of what lies at `name`: of one file, or of the files in a folder. */
const written = (name: string, format: string): Buffer[] =>
  (format === 'tfjs-folder' ? readdirSync(at(name)).map((file) => path.join(name, file)) : [name]).map((file) => readFileSync(at(file)));

describe('a network that is written and read', () => {
  it.each(Object.entries(places))('has the format that the path says: %s', async (format, name) => {
    const { format: chosen, bytes } = await writeNetworkFile(at(name), tiny);
    expect(chosen).toBe(format);
    const read = await readNetworkFile(at(name));
    expect(read.format).toBe(format);
    expect(readdirSync(folder)).toEqual([name]);
    expect(written(name, format).reduce((sum, { length }) => sum + length, 0)).toBe(bytes);
  });

  it('may be told another format than its path says', async () => {
    expect(await writeNetworkFile(at('net.bin'), tiny, { format: 'keras-h5' })).toMatchObject({ format: 'keras-h5' });
    expect((await readNetworkFile(at('net.bin'))).format).toBe('keras-h5');
  });

  it.each(literal)('is the same one: %s', async (format) => {
    await writeNetworkFile(at(places[format]), tiny);
    const { network, warnings } = await readNetworkFile(at(places[format]));
    expect(warnings).toEqual([]);
    expect(digest(network)).toBe(digest(tiny));
  });

  it.each(['resnet20', 'densenet40'])('is the same one, whole and cut: %s', async (name) => {
    const whole = randomWeights(buildZooTopology(name, { classes: 4, inputShape: [32, 32, 3] }), 2);
    for (const network of [whole, cutAtRandom(whole, 2)!])
      for (const format of ['keras-h5', 'keras'] as const) {
        await writeNetworkFile(at(places[format]), network);
        expect(digest((await readNetworkFile(at(places[format]))).network)).toBe(digest(network));
      }
  });

  it.each(formats.map(({ name }) => name))('has the same bytes each time: %s', async (format) => {
    await writeNetworkFile(at(places[format]), tiny);
    const first = written(places[format], format);
    await writeNetworkFile(at(places[format]), tiny);
    expect(written(places[format], format)).toEqual(first);
  });

  it.each(Object.entries(places))('is read and written alike by a fresh process: %s', async (format, name) => {
    await writeNetworkFile(at(name), tiny);
    const script = path.join(import.meta.dirname, '../test/digest.ts');
    const command = ['--import', 'tsx', script, at(name), at('there')];
    const there = execFileSync(process.execPath, command, { cwd: import.meta.dirname, encoding: 'utf8' });
    const { network } = await readNetworkFile(at(name));
    expect(there).toBe(digest(network));
    await writeNetworkFile(at('here'), network, { format: format as FormatName });
    expect(written('there', format)).toEqual(written('here', format));
  });
});

describe('a folder', () => {
  it('may be named by its model.json, or by any other name of that file', async () => {
    await writeNetworkFile(at('net/model.json'), tiny);
    expect(readdirSync(at('net')).sort()).toEqual(['model.json', 'weights.bin']);
    renameSync(at('net/model.json'), at('net/tiny.json'));
    expect(digest((await readNetworkFile(at('net/tiny.json'))).network)).toBe(digest(tiny));
  });

  it('is written into one that is there, beside what else it holds', async () => {
    mkdirSync(at('net'));
    writeFileSync(at('net/notes.txt'), 'kept');
    await writeNetworkFile(at('net/'), tiny);
    await writeNetworkFile(at('net/'), tiny);
    expect(readdirSync(at('net')).sort()).toEqual(['model.json', 'notes.txt', 'weights.bin']);
  });

  it('may have its weights in several files, as others write them', async () => {
    await writeNetworkFile(at('net'), tiny);
    const weights = readFileSync(at('net/weights.bin'));
    const shards = [weights.subarray(0, 100), weights.subarray(100, 300), weights.subarray(300)];
    shards.forEach((shard, index) => writeFileSync(at(`net/group1-shard${index + 1}of3.bin`), shard));
    rmSync(at('net/weights.bin'));
    changeManifest((paths) => paths.splice(0, 1, ...shards.map((_, index) => `group1-shard${index + 1}of3.bin`)));
    expect(digest((await readNetworkFile(at('net'))).network)).toBe(digest(tiny));
  });

  /** Lets `change` change the list of weights files in `net/model.json`. */
  function changeManifest(change: (paths: string[]) => void): void {
    const model = JSON.parse(readFileSync(at('net/model.json'), 'utf8')) as { weightsManifest: { paths: string[] }[] };
    change(model.weightsManifest[0]!.paths);
    writeFileSync(at('net/model.json'), JSON.stringify(model));
  }

  it.each([
    ['../outside.bin', '"../outside.bin" is named as a file of the network, but lies outside its folder'],
    ['/etc/hostname', '"/etc/hostname" is named as a file of the network, but lies outside its folder'],
    ['inner/../../outside.bin', '"inner/../../outside.bin" is named as a file of the network, but lies outside its folder'],
    ['missing.bin', 'missing.bin is missing'],
    ['weights.bin\0', '"weights.bin\\u0000" is named as a file of the network, but lies outside its folder'],
  ])('whose model.json names %j is refused', async (name, message) => {
    await writeNetworkFile(at('net'), tiny);
    writeFileSync(at('outside.bin'), readFileSync(at('net/weights.bin')));
    changeManifest((paths) => paths.splice(0, 1, name));
    await expect(readNetworkFile(at('net'))).rejects.toMatchObject({ code: 'BAD_ARTIFACT', message });
  });

  it('with a link that leaves it is refused, and one with a link inside is not', async () => {
    await writeNetworkFile(at('net'), tiny);
    renameSync(at('net/weights.bin'), at('net/real.bin'));
    symlinkSync('real.bin', at('net/weights.bin'));
    expect(digest((await readNetworkFile(at('net'))).network)).toBe(digest(tiny));
    renameSync(at('net/real.bin'), at('outside.bin'));
    rmSync(at('net/weights.bin'));
    symlinkSync('../outside.bin', at('net/weights.bin'));
    await expect(readNetworkFile(at('net'))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: 'weights.bin is a link that leaves the folder',
    });
  });

  it('whose weights are a pipe is refused, which reading would wait for', async () => {
    await writeNetworkFile(at('net'), tiny);
    rmSync(at('net/weights.bin'));
    execFileSync('mkfifo', [at('net/weights.bin')]);
    await expect(readNetworkFile(at('net'))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/weights.bin is not a file$/),
    });
  });

  it('whose weights have another size than they should is refused before they are read', async () => {
    await writeNetworkFile(at('net'), tiny);
    const { length } = readFileSync(at('net/weights.bin'));
    truncateSync(at('net/weights.bin'), 2 ** 30 - 1);
    const before = process.memoryUsage().arrayBuffers;
    await expect(readNetworkFile(at('net'))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: `weights.bin has 1073741823 bytes, but the weights it should hold take ${length}`,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  });

  it('without a network is refused', async () => {
    await expect(readNetworkFile(folder)).rejects.toMatchObject({ code: 'NOT_FOUND', message: `there is nothing at ${at('model.json')}` });
  });
});

describe('a path that can not be used is refused:', () => {
  it('nothing there', async () => {
    await expect(readNetworkFile(at('none.h5'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `there is nothing at ${at('none.h5')}`,
    });
  });

  it('a file of no format', async () => {
    writeFileSync(at('words.txt'), 'only words');
    await expect(readNetworkFile(at('words.txt'))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: `${at('words.txt')} is in none of the formats that are read here`,
      hint: expect.stringContaining('Keras 3 (.keras)'),
    });
  });

  it.each(['.zip', '.h5', '.keras', '.onnx'])('an empty file named %s', async (ending) => {
    writeFileSync(at(`empty${ending}`), '');
    await expect(readNetworkFile(at(`empty${ending}`))).rejects.toMatchObject({ code: 'BAD_ARTIFACT' });
  });

  it('a file of two gigabytes, before it is read', async () => {
    writeFileSync(at('huge.h5'), '');
    truncateSync(at('huge.h5'), 2 ** 31);
    await expect(readNetworkFile(at('huge.h5'))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: `${at('huge.h5')} has 2147483648 bytes; at most 1073741824 are read`,
    });
  });

  it('a folder in the place of a file to be written, and a file in that of a folder', async () => {
    mkdirSync(at('net.h5'));
    await expect(writeNetworkFile(at('net.h5'), tiny)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(writeNetworkFile(`${at('net.keras')}/`, tiny, { format: 'keras' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    writeFileSync(at('file'), '');
    await expect(writeNetworkFile(at('file/net'), tiny)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(readdirSync(folder).sort()).toEqual(['file', 'net.h5']);
  });
});
