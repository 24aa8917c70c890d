import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { espalierInside, espalierStopped, resultOf } from '../../test/espalier.ts';
import { temporaryFolder } from '../../test/folder.ts';
import { smallNetwork, writeBrightHalves } from '../../test/small.ts';

const at = temporaryFolder();
const training = (out: string, ...more: string[]): string[] => {
  const [network, data, folder] = ['network.zip', 'data', out].map((name) => at(name)) as [string, string, string];
  return ['train', '--network', network, '--dataset', data, '--out', folder, '--batch-size', '16', '--learning-rate', '0.1', ...more];
};
const digestOf = ({ outputs }: { outputs: { digest: string }[] }): string | undefined => outputs[0]?.digest;

beforeAll(async () => {
  mkdirSync(at('data'));
  await writeBrightHalves(at('data'));
  writeFileSync(at('network.zip'), smallNetwork());
});

describe('espalier train', { timeout: 240_000 }, () => {
  it('tells what happens as JSON lines and as TensorBoard’s files', async () => {
    const trained = await resultOf(...training('told', '--epochs', '4', '--events', at('events.jsonl'), '--tensorboard', at('curves')));
    expect(trained).toMatchObject({ kind: 'train', epochs: 4, steps: 12, keptStep: 12, validation: { measure: 'accuracy' } });
    const events = readFileSync(at('events.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
    expect(events.every(({ time }) => !Number.isNaN(Date.parse(time)))).toBe(true);
    expect([events[0].type, events.at(-1).type]).toEqual(['started', 'done']);
    const points = events.flatMap((event) => (event.type === 'metrics' ? event.points : []));
    expect(points.filter(({ series }) => series === 'train/validation-accuracy').map(({ step }) => step)).toEqual([3, 6, 9, 12]);
    expect(new Set(events.slice(1, -1).map(({ stage }) => stage))).toEqual(new Set(['train']));
    expect(readdirSync(at('curves'))).toEqual(['train']);
  });

  it('goes on only when asked to, only with the same training, and ends in the same bytes', async () => {
    const undisturbed = await resultOf(...training('undisturbed', '--epochs', '200'));
    const stopped = await espalierStopped(
      () => hasValidated(at('stopped.jsonl')),
      ...training('stopped', '--epochs', '200', '--events', at('stopped.jsonl')),
    );
    expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('--resume goes on from there') as string });

    const again = await espalierInside(...training('stopped', '--epochs', '200', '--json'));
    expect(JSON.parse(again.stdout).error).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('--resume') as string });

    const another = await espalierInside(...training('stopped', '--epochs', '300', '--resume', '--json'));
    expect(JSON.parse(another.stdout).error).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('recipe.training.epochs is 300, but was 200') as string,
    });

    expect(digestOf(await resultOf(...training('stopped', '--epochs', '200', '--resume')))).toBe(digestOf(undisturbed));
  });

  it('leaves a folder free in which it was refused', async () => {
    const { code } = await espalierInside(...training('refused', '--epochs', '1', '--network', 'resnet20', '--classes', '3'));
    expect(code).toBe(2);
    const { kind } = await resultOf(...training('refused', '--epochs', '1'));
    expect(kind).toBe('train');
  });

  it('refuses to write events where it can’t, before anything is computed', async () => {
    const { code, stdout } = await espalierInside(...training('nowhere', '--epochs', '1', '--events', '/dev/null/events', '--json'));
    expect([code, JSON.parse(stdout).error]).toMatchObject([2, { code: 'BAD_INPUT', path: ['events'] }]);
  });
});

/** Whether a validation was told. */
function hasValidated(events: string): boolean {
  try {
    return readFileSync(events, 'utf8').includes('validation-accuracy');
  } catch {
    return false;
  }
}
