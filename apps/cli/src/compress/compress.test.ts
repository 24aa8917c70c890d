import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ChannelProvenanceSchema } from '@espalier/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { espalier, program } from '../../test/espalier.ts';
import { smallNetwork, writeBrightHalves } from '../../test/small.ts';
import type { CompressionResult } from './result.ts';

let folder: string;
let network: string;
const learning = ['--batch-size', '8', '--learning-rate', '0.05'];
const at = (name: string): string => path.join(folder, name);
const compression = (out: string): string[] => [
  'compress',
  '--model',
  network,
  '--dataset',
  folder,
  '--out',
  at(out),
  '--macs',
  '0.3',
  '--rounds',
  '2',
  '--epochs',
  '2',
  ...learning,
  '--json',
];

/** Starting the program, and TensorFlow, takes seconds on a busy machine. */
describe('espalier compress', { timeout: 240_000 }, () => {
  let whole: CompressionResult;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-compress-'));
    await writeBrightHalves(folder);
    await writeFile(at('untrained.zip'), smallNetwork());
    const trained = await espalier(
      'train',
      '--network',
      at('untrained.zip'),
      '--dataset',
      folder,
      '--out',
      at('trained'),
      '--epochs',
      '6',
      ...learning,
    );
    expect(trained.code).toBe(0);
    network = at('trained/network.zip');
    const { code, stdout } = await espalier(...compression('whole'));
    expect(code).toBe(0);
    whole = JSON.parse(stdout) as CompressionResult;
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('writes the network, what was found, and where each channel comes from', async () => {
    expect((await readdir(at('whole'))).toSorted()).toEqual([
      'analyse-1',
      'analyse-2',
      'evaluate',
      'network.zip',
      'provenance.json',
      'prune-1',
      'prune-2',
      'report.md',
      'result.json',
      'retrain-1',
      'retrain-2',
    ]);
    expect(JSON.parse(await readFile(at('whole/result.json'), 'utf8'))).toEqual(whole);
    const { before, after, afterPruning, target, reached, groups, provenance } = whole;
    expect(target).toEqual({ measure: 'macs', reductionRatio: 0.3 });
    expect(reached.reductionRatio).toBeGreaterThanOrEqual(0.3);
    expect(reached.reductionRatio).toBeCloseTo(1 - after.macs / before.macs, 12);
    expect(afterPruning.macs).toBe(after.macs);
    const channels = ChannelProvenanceSchema.parse(JSON.parse(await readFile(at('whole/provenance.json'), 'utf8')));
    expect(channels.original).toBe(provenance.original);
    expect(channels.rounds).toHaveLength(2);
    expect(channels.groups.map(({ group, before: width, after: kept }) => ({ group, before: width, after: kept }))).toEqual(groups);
    expect(await readFile(at('whole/report.md'), 'utf8')).toContain(whole.network.digest);
  });

  it('leaves behind what espalier provenance reads: the whole, a group, and one channel down to its filter', async () => {
    const [{ group, before }] = whole.groups.filter(({ before: width, after }) => after < width) as [CompressionResult['groups'][number]];
    const all = await espalier('provenance', at('whole'), '--json');
    expect((JSON.parse(all.stdout) as { groups: unknown[] }).groups).toHaveLength(whole.groups.length);
    const one = await espalier('provenance', at('whole'), '--group', group, '--json');
    expect((JSON.parse(one.stdout) as { channels: unknown[] }).channels).toHaveLength(before);
    const channel = ['--layer', group, '--channel', '0', '--original', network];
    const origin = JSON.parse((await espalier('provenance', at('whole'), ...channel, '--json')).stdout) as Record<string, unknown>;
    expect(origin).toMatchObject({ group, layer: group, channel: 0, removedInRound: null });
    const lost = await espalier('provenance', at('whole'), '--layer', group, '--channel', '99', '--original', network);
    expect(lost.code).toBe(2);
    expect(lost.stderr).toContain(`layer ${group} makes no channel 99`);
    expect((await espalier('provenance', folder)).code).toBe(2);
  });

  it('ends in the same bytes when it is killed in the middle and goes on', async () => {
    const child = spawn(process.execPath, [program, ...compression('killed')], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while (!existsSync(at('killed/prune-1/outcome.json')) && child.exitCode === null) await wait(5);
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(at('killed/result.json'))).toBe(false);
    const refused = await espalier(...compression('killed'));
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('--resume');
    const { code, stdout } = await espalier(...compression('killed'), '--resume');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as CompressionResult).network.digest).toBe(whole.network.digest);
  });

  it('does nothing twice, and does again what other settings decide', async () => {
    const outcome = (stage: string) =>
      readFile(at(`whole/${stage}/outcome.json`), 'utf8').then((text) => JSON.parse(text) as { identity: string });
    const [analysed, retrained] = [await outcome('analyse-1'), await outcome('retrain-1')];
    const again = await espalier(...compression('whole'), '--resume');
    expect((JSON.parse(again.stdout) as CompressionResult).after).toEqual(whole.after);
    const other = await espalier(...compression('whole'), '--resume', '--learning-rate', '0.01');
    expect((JSON.parse(other.stdout) as CompressionResult).network.digest).not.toBe(whole.network.digest);
    expect((await outcome('analyse-1')).identity).toBe(analysed.identity);
    expect((await outcome('retrain-1')).identity).not.toBe(retrained.identity);
  });

  it('ends its rounds where one finds nothing more to remove, with what those before left', async () => {
    // A threshold of its own: each round removes a channel at least, and there are ten that may go.
    const method = { name: 'icp', settings: { epsilon: 0.6, minimumPoints: 2 } };
    const retraining = { epochs: 1, batchSize: 8, learningRate: 0.05 };
    const target = { measure: 'macs', reductionRatio: 0.95 };
    await writeFile(at('icp.json'), JSON.stringify({ kind: 'compression', method, target, rounds: 12, retraining }));
    const { code, stdout } = await espalier(
      'compress',
      '--model',
      network,
      '--dataset',
      folder,
      '--recipe',
      at('icp.json'),
      '--out',
      at('rounds'),
      '--json',
    );
    expect(code).toBe(0);
    const { rounds, provenance, after, before } = JSON.parse(stdout) as CompressionResult;
    expect(rounds.asked).toBe(12);
    expect(rounds.done).toBeGreaterThanOrEqual(1);
    expect(rounds.done).toBeLessThanOrEqual(10);
    expect(provenance.plans).toHaveLength(rounds.done);
    expect(after.macs).toBeLessThan(before.macs);
    const stages = await readdir(at('rounds'));
    expect(stages).toContain(`analyse-${rounds.done + 1}`);
    expect(stages).not.toContain(`retrain-${rounds.done + 1}`);
    expect(await readFile(at('rounds/report.md'), 'utf8')).toContain(
      `Round ${rounds.done + 1} of 12 removed nothing more and was the last: ${rounds.ended}.`,
    );
    expect(rounds.ended).toBe('with these settings the method icp leaves every group whole');
  });

  // Six channels in each of two groups: 6 · 0.5^(1/3) = 4.8 leaves 4, half of which would be gone too much after two more rounds of the same share.
  it('ends its rounds at the target, though whole channels overshoot every round’s share', async () => {
    const folders = ['--model', network, '--dataset', folder, '--out', at('channels')];
    const recipe = ['--channels', '0.5', '--rounds', '3', '--epochs', '1', ...learning, '--json'];
    const { code, stdout } = await espalier('compress', ...folders, ...recipe);
    expect(code).toBe(0);
    const { groups, rounds, reached } = JSON.parse(stdout) as CompressionResult;
    expect(groups.filter(({ after, before }) => after < before).map(({ after, before }) => [before, after])).toEqual([
      [6, 3],
      [6, 3],
    ]);
    expect(reached).toEqual({ measure: 'channels', reductionRatio: 0.5 });
    expect(rounds).toEqual({ asked: 3, done: 2, ended: 'the rounds before it have removed all that was asked for' });
  });

  it('refuses a target that can’t be reached before anything is trained, with what can', async () => {
    const { code, stdout } = await espalier(
      'compress',
      '--model',
      network,
      '--dataset',
      folder,
      '--out',
      at('far'),
      '--macs',
      '0.999',
      '--epochs',
      '1',
      ...learning,
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TARGET_OUT_OF_REACH' } });
    expect(existsSync(at('far'))).toBe(false);
  });

  it.each([
    { name: 'a method that there is not', method: { name: 'l3' }, message: /no pruning method named "l3"/ },
    { name: 'a setting that the method has not', method: { name: 'exp', settings: { bogus: 1 } }, message: /settings of the method exp/ },
  ])('refuses a recipe with $name, and leaves its folder free', async ({ method, message }) => {
    const recipe = at('wrong.json');
    const target = { measure: 'macs', reductionRatio: 0.5 };
    await writeFile(recipe, JSON.stringify({ kind: 'compression', method, target, retraining: { epochs: 1, learningRate: 0.02 } }));
    const asked = ['--model', network, '--dataset', folder, '--recipe', recipe, '--out', at('wrong'), '--json'];
    const { code, stdout } = await espalier('compress', ...asked);
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as { error: { message: string } }).error.message).toMatch(message);
    expect(existsSync(at('wrong'))).toBe(false);
  });
});
