import { readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { espalierInside, resultOf } from '../../test/espalier.ts';
import { temporaryFolder } from '../../test/folder.ts';
import { smallNetwork } from '../../test/small.ts';

const at = temporaryFolder();
const small = at('small.zip');
beforeAll(() => writeFile(small, smallNetwork()));

const planOf = async (content: unknown): Promise<string> => {
  await writeFile(at('plan.json'), JSON.stringify(content));
  return at('plan.json');
};

describe('espalier prune', { timeout: 120_000 }, () => {
  it('removes the same share of every group, and writes network, plan and reports', async () => {
    const result = await resultOf(
      'prune',
      '--network',
      'resnet20',
      '--ratio',
      '0.5',
      '--method',
      'l1',
      '--out',
      at('half'),
      '--samples',
      '1',
    );
    // Every convolution at half width: 8·27 + 6·(8·8·9) + (16·8·9 + 5·16·16·9) + (32·16·9 + 5·32·32·9), γ and β of 7·8 + 6·16 + 6·32, 32·10 + 10.
    expect(result).toMatchObject({
      before: { parameters: 269_722, macs: 40_551_040 },
      after: { parameters: 216 + 3456 + 12_672 + 50_688 + 2 * 344 + 330 },
      tolerance: 1e-4,
      equal: true,
    });
    expect(result.groups).toHaveLength(12);
    for (const { before, after } of result.groups) expect(after).toBe(before / 2);
    expect(result.maskedDifference).toBeLessThanOrEqual(1e-4);
    expect((await readdir(at('half'))).sort()).toEqual(['model.json', 'plan.json', 'report.html', 'report.json', 'weights.bin']);
    expect(JSON.parse(await readFile(at('half/report.json'), 'utf8'))).toEqual(result);
    const { parameters, macs } = await resultOf('cost', at('half'));
    expect({ parameters, macs }).toEqual(result.after);
  });

  it('reaches a share of the MACs, and does what its own plan says when it is given that', async () => {
    const options = ['--ratio', '0.4', '--target', 'macs', '--method', 'exp', '--seed', '3'];
    const first = await resultOf('prune', small, ...options, '--out', at('out/by-method.zip'));
    expect(first.after.macs).toBeLessThanOrEqual(0.6 * first.before.macs);
    expect(first.files).toMatchObject({ format: 'tfjs-zip', plan: at('out/by-method.plan.json') });
    await resultOf('prune', small, '--keep', at('out/by-method.plan.json'), '--out', at('out/by-plan.zip'));
    expect(await readFile(at('out/by-plan.zip'))).toEqual(await readFile(at('out/by-method.zip')));
  });

  it('writes all files into the folder of a model.json that it is to write', async () => {
    const { files } = await resultOf('prune', small, '--ratio', '0.5', '--samples', '1', '--out', at('named/model.json'));
    expect((await readdir(at('named'))).sort()).toEqual(['model.json', 'plan.json', 'report.html', 'report.json', 'weights.bin']);
    expect(files.plan).toBe(at('named/plan.json'));
  });

  it.each([
    { name: 'with the word keep around them', plan: { keep: { first: [0, 4] } } },
    { name: 'alone', plan: { first: [0, 4] } },
  ])('takes keep-lists $name', async ({ plan }) => {
    const { groups } = await resultOf('prune', small, '--keep', await planOf(plan), '--samples', '1');
    expect(groups).toEqual([
      { id: 'first', before: 6, after: 2 },
      { id: 'second', before: 6, after: 6 },
    ]);
  });

  it.each([
    { name: 'an unknown group', plan: { keep: { third: [0] } }, message: /group third: the network has no such group/ },
    { name: 'an empty keep-list', plan: { keep: { first: [] } }, message: /group first: no channel is kept/ },
    { name: 'a locked group', plan: { keep: { classifier: [0] } }, message: /group classifier: it must stay whole/ },
    { name: 'a channel that there is not', plan: { keep: { first: [6] } }, message: /no channel 6 among its 6/ },
    { name: 'a field of the wrong kind', plan: { keep: { first: 'all' } }, message: /keep\.first/ },
    { name: 'another network', plan: { network: 'a'.repeat(64), keep: { first: [0] } }, message: /made for another network/ },
  ])('refuses a plan for $name with exit code 2', async ({ plan, message }) => {
    const { code, stdout, stderr } = await espalierInside('prune', small, '--keep', await planOf(plan));
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it.each([
    { name: 'a plan that keeps everything', args: async () => ['--keep', await planOf({ keep: { first: [0, 1, 2, 3, 4, 5] } })] },
    { name: 'a share of nothing', args: async () => ['--ratio', '0'] },
    { name: 'a share of nothing of the MACs', args: async () => ['--ratio', '0', '--target', 'macs'] },
    { name: 'a share that the limits forbid', args: async () => ['--ratio', '0.5', '--minimum-channels', '6'] },
  ])('never calls $name a success', async ({ args }) => {
    const { code, stdout } = await espalierInside('prune', small, ...(await args()), '--out', at('never'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NOTHING_PRUNED' } });
    expect(await readdir(at('.'))).not.toContain('never');
  });

  it('says what can be reached where a target can’t, with exit code 1', async () => {
    const { code, stdout } = await espalierInside(
      'prune',
      small,
      '--ratio',
      '0.99',
      '--target',
      'macs',
      '--minimum-channels',
      '4',
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TARGET_OUT_OF_REACH', hint: expect.stringContaining('at most') } });
  });

  it.each([
    { name: 'neither plan nor share', args: [], message: /either a plan \(--keep\) or a share/ },
    { name: 'both plan and share', args: ['--keep', 'plan.json', '--ratio', '0.5'], message: /either a plan/ },
    {
      name: 'a plan and a method, which it would not ask',
      args: ['--keep', 'plan.json', '--method', 'fpgm'],
      message: /'--keep <plan>' cannot be used with option '--method <name>'/,
    },
    { name: 'a method that there is not', args: ['--ratio', '0.5', '--method', 'l3'], message: /no pruning method named "l3"/ },
    {
      name: 'a preset that there is not',
      args: ['--ratio', '0.5', '--method', 'l1', '--preset', 'mine'],
      message: /l1 has no preset mine/,
    },
    {
      name: 'an opset of what is no ONNX file',
      args: ['--ratio', '0.5', '--out', 'small.zip', '--opset', '17'],
      message: /no opset.*--opset/s,
    },
    { name: 'a share of everything', args: ['--ratio', '1'], message: /--ratio <share>.*from 0 to below 1/ },
    { name: 'a plan that is not there', args: ['--keep', 'nowhere.json'], message: /nowhere\.json can't be read/ },
  ])('answers $name with exit code 2', async ({ args, message }) => {
    const { code, stderr } = await espalierInside('prune', small, ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
