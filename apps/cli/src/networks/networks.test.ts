import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { espalier, espalierInside, resultOf } from '../../test/espalier.ts';
import { temporaryFolder } from '../../test/folder.ts';
import { smallNetwork } from '../../test/small.ts';

const at = temporaryFolder();
const small = at('small.zip');
beforeAll(() => writeFile(small, smallNetwork()));

/** Each of these starts the program, and TensorFlow where a network is run. */
describe('networks on the command line', { timeout: 120_000 }, () => {
  describe('inspect', () => {
    it('names groups with their members, what is locked and why, and the least that is reachable', async () => {
      const report = await resultOf('inspect', small);
      expect(report.groups).toContainEqual({
        id: 'first',
        channels: 6,
        members: [
          { layer: 'first', role: 'out', multiplicity: 1 },
          { layer: 'first_bn', role: 'bn', multiplicity: 1 },
          { layer: 'second', role: 'in', multiplicity: 1 },
        ],
        prunable: true,
        reason: null,
      });
      expect(report.groups).toContainEqual(
        expect.objectContaining({ id: 'classifier', prunable: false, reason: 'they are the network’s output' }),
      );
      // One filter of 9 weights, γ and β, twice, and 2 classes with a bias each; 64 pixels for each filter and 2 products.
      expect(report).toMatchObject({ minimum: { parameters: 2 * (9 + 2) + 2 * 2, macs: 2 * 9 * 64 + 2 }, unsupported: [] });
    });

    it('says which layers are not supported, and exits with 1', async () => {
      const { modelTopology, ...model } = await modelJson();
      const [, , second, third] = modelTopology.config.layers;
      second.class_name = 'LSTM';
      third.class_name = 'Lambda';
      await writeFile(at('model.json'), JSON.stringify({ modelTopology, ...model }));
      await writeFile(at('weights.bin'), await weightsOf());
      const { code, stdout } = await espalierInside('inspect', at('model.json'), '--json');
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        groups: [],
        minimum: null,
        unsupported: [
          { layer: second.name, type: 'LSTM', reason: expect.stringContaining('LSTM') },
          { layer: third.name, type: 'Lambda' },
        ],
      });
    });
  });

  describe('diff', () => {
    it('names changes as JSON, and writes them as a page', async () => {
      const difference = await resultOf('diff', 'resnet20', 'resnet20-b', '--html', at('diff.html'));
      expect(difference).toMatchObject({ before: 'resnet20', cost: { before: { parameters: 269_722 }, after: { parameters: 272_474 } } });
      expect(difference.layers).toContainEqual(expect.objectContaining({ status: 'added', type: 'Conv2D' }));
      expect(await readFile(at('diff.html'), 'utf8')).toContain('<title>resnet20 → resnet20-b</title>');
    });

    it('is a table without --json', async () => {
      const { code, stdout } = await espalierInside('diff', small, small);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^parameters +\d+ +\d+$/m);
      expect(stdout).toContain('no difference: all');
    });
  });

  describe('convert and verify', () => {
    it('write another format, compare what was written with what was read, and so does verify', async () => {
      const converted = await resultOf('convert', small, at('small.onnx'));
      expect(converted).toMatchObject({
        equal: true,
        tolerance: 1e-4,
        samples: 4,
        from: { format: 'tfjs-zip', engine: 'TensorFlow' },
        to: { format: 'onnx', engine: 'ONNX Runtime' },
      });
      const verified = await resultOf('verify', small, at('small.onnx'), '--samples', '2');
      expect(verified).toMatchObject({ equal: true, samples: 2, maxAbsoluteDifference: expect.any(Number) });
      expect(verified.maxAbsoluteDifference).toBeLessThan(1e-4);
    });

    it('warn where outputs are too small for the tolerance to say much', async () => {
      const { code, stderr } = await espalier('verify', small, small, '--tolerance', '1');
      expect(stderr).toMatch(/no output is above [\d.]+, where a tolerance of 1 says little/);
      expect(code).toBe(0);
    });

    it('exits with 1 where two networks compute something else', async () => {
      const { code, stdout } = await espalier('verify', 'resnet20', 'resnet20-b', '--json', '--samples', '1');
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ equal: false, samples: 1 });
    });

    it('says that networks for other pictures can’t be compared, with exit code 2', async () => {
      const { code, stderr } = await espalier('verify', 'resnet20', small);
      expect(code).toBe(2);
      expect(stderr).toContain('one has inputs of [32, 32, 3], the other [8, 8, 1]');
    });

    it('reads the same weights from the same seed, and others from another', async () => {
      await resultOf('convert', 'resnet20', at('seven.zip'), '--seed', '7', '--samples', '1');
      expect((await resultOf('verify', 'resnet20', at('seven.zip'), '--seed', '7', '--samples', '1')).maxAbsoluteDifference).toBe(0);
      expect((await espalier('verify', 'resnet20', at('seven.zip'), '--samples', '1')).code).toBe(1);
    });
  });

  describe('latency', () => {
    it('measures two networks in turn, and tells how and on what', async () => {
      const { a, b, ratio, verdict } = await resultOf('latency', small, 'resnet20', '--repetitions', '20', '--warm-up', '2');
      expect(a).toMatchObject({
        network: small,
        threads: 1,
        batch: 1,
        warmUp: 2,
        repetitions: 20,
        runtime: expect.stringContaining('ONNX Runtime'),
      });
      expect(b.lowMs).toBeLessThanOrEqual(b.medianMs);
      expect(ratio.low).toBeLessThanOrEqual(ratio.high);
      expect(['faster', 'slower', 'no difference']).toContain(verdict);
    });
  });

  it.each([
    { name: 'a truncated file', file: 'truncated.zip', content: () => smallNetwork().subarray(0, 900), message: /zip/ },
    { name: 'a file of no format', file: 'letter.txt', content: () => Buffer.from('Dear reader'), message: /none of the formats/ },
  ])('answers $name with exit code 1 and a name for what is wrong', async ({ file, content, message }) => {
    await writeFile(at(file), content());
    const { code, stdout } = await espalierInside('cost', at(file), '--json');
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('BAD_ARTIFACT');
    expect(error.message).toContain(at(file));
    expect(error.message).toMatch(message);
  });

  it('says where a page can’t be written, with exit code 2', async () => {
    await writeFile(at('occupied'), '');
    const { code, stderr } = await espalierInside('diff', small, small, '--html', at('occupied/page.html'));
    expect(code).toBe(2);
    expect(stderr).toContain(`the folder ${at('occupied')} can't be written`);
  });

  it('refuses what only a zoo network can be asked for, with exit code 2', async () => {
    const { code, stderr } = await espalierInside('cost', small, '--classes', '5');
    expect(code).toBe(2);
    expect(stderr).toContain('--classes');
  });
});

/** The files in `small`, which are stored in it as they are. */
async function modelJson() {
  const { layersModelFiles, decodeNetwork } = await import('@espalier/formats');
  return JSON.parse(new TextDecoder().decode(layersModelFiles(decodeNetwork(smallNetwork())).get('model.json')));
}

async function weightsOf(): Promise<Uint8Array> {
  const { layersModelFiles, decodeNetwork } = await import('@espalier/formats');
  return layersModelFiles(decodeNetwork(smallNetwork())).get('weights.bin')!;
}
