import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { decodeNetwork, encodeNetwork } from '@espalier/formats';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { espalier, espalierInside, program, resultOf } from '../../test/espalier.ts';
import { temporaryFolder } from '../../test/folder.ts';
import { smallNetwork, writeBrightHalves } from '../../test/small.ts';

const at = temporaryFolder();

/** The layers of `smallNetwork`, with half as many channels in each. */
function narrowStudent(): Uint8Array {
  const net = new TopologyBuilder('narrow', [8, 8, 1]);
  const first = net.relu(net.batchNormalisation(net.conv(net.input, 'first', 3), 'first_bn'), 'first_relu');
  const second = net.relu(net.batchNormalisation(net.conv(first, 'second', 3), 'second_bn'), 'second_relu');
  return encodeNetwork(initialiseWeights(net.build(net.dense(net.globalAveragePool(second, 'pool'), 'classifier', 2)), 2));
}

const learning = ['--batch-size', '8', '--learning-rate', '0.05'];
const distillation = (out: string, ...more: string[]): string[] => {
  const files = { teacher: at('teacher/network.zip'), network: at('student.zip'), dataset: at('data'), out: at(out) };
  return ['distill', ...Object.entries(files).flatMap(([name, file]) => [`--${name}`, file]), ...learning, ...more];
};
const everything = ['--epochs', '60', '--attention', '1', '--hints', '1', '--temperature', '3', '--alpha', '0.7'];

/** Starting the program, and TensorFlow, takes seconds on a busy machine. */
describe('espalier distill', { timeout: 240_000 }, () => {
  let student: { readonly path: string; readonly digest: string };
  beforeAll(async () => {
    mkdirSync(at('data'));
    await writeBrightHalves(at('data'));
    await writeFile(at('untrained.zip'), smallNetwork());
    await writeFile(at('student.zip'), narrowStudent());
    await resultOf(
      'train',
      '--network',
      at('untrained.zip'),
      '--dataset',
      at('data'),
      '--out',
      at('teacher'),
      '--epochs',
      '60',
      ...learning,
    );
  }, 240_000);

  it('writes a student that has learnt, and nothing of what it learnt by', async () => {
    const { kind, validation, outputs } = await resultOf(...distillation('student', ...everything));
    expect({ kind, measure: validation.measure }).toEqual({ kind: 'train', measure: 'accuracy' });
    expect(validation.value).toBeGreaterThan(0.8);
    student = outputs[0];
    const { topology, weights } = decodeNetwork(await readFile(student.path));
    expect(topology.config.name).toBe('narrow');
    expect(weights.map(({ name, shape }) => [name, shape])).toEqual(
      decodeNetwork(narrowStudent()).weights.map(({ name, shape }) => [name, shape]),
    );
    const refused = await espalier(...distillation('student', ...everything));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/student is not empty.*--resume/s);
  });

  it('goes on where it was killed, to the same bytes', async () => {
    const child = spawn(process.execPath, [program, ...distillation('killed', ...everything)], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    // The folder is there for a moment when it is looked whether it can be, and gone again.
    const inFolder = (): Promise<string[]> => readdir(at('killed')).catch(() => []);
    const hasCheckpoint = async (): Promise<boolean> => (await inFolder()).some((name) => name.startsWith('checkpoint'));
    while (!(await hasCheckpoint()) && child.exitCode === null) await wait(5);
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(at('killed/network.zip'))).toBe(false);
    const { stderr, stdout, code } = await espalier(...distillation('killed', ...everything), '--resume', '--json');
    expect(code).toBe(0);
    expect(stderr).toMatch(/going on after step \d+/);
    expect(JSON.parse(stdout).outputs[0].digest).toBe(student.digest);
  });

  it('goes on only with the recipe and the teacher that it was begun with, and names what differs', async () => {
    const resumed = async (...more: string[]) => {
      const { code, stdout } = await espalierInside(...distillation('student', ...everything), '--resume', '--json', ...more);
      return { code, ...JSON.parse(stdout).error };
    };
    const recipe = await resumed('--epochs', '61', '--alpha', '0.6');
    expect(recipe).toMatchObject({ code: 'CONFLICT', path: ['out'] });
    expect(recipe.message).toContain('recipe.training.epochs is 61, but was 60; distillation.settings.alpha is 0.6, but was 0.7');
    const teacher = await resumed('--teacher', at('untrained.zip'));
    expect(teacher.message).toMatch(/another one: distillation\.teacher is "[0-9a-f]{64}", but was "[0-9a-f]{64}"$/);
  });

  it('says whether the teacher has to look at the pictures again and again', async () => {
    const once = await espalier(...distillation('once', '--epochs', '2'));
    expect(once.stderr).toContain('the teacher looks at every picture once');
    const again = await espalier(...distillation('again', '--epochs', '2', '--teacher-memory', '0'));
    expect(again.stderr).toContain('the teacher looks at the pictures in every step');
  });

  it('takes training and distillation from a recipe', async () => {
    const recipe = {
      kind: 'training',
      training: { epochs: 2, learningRate: 0.05, batchSize: 8 },
      distillation: { temperature: 2, hints: { layers: ['first_relu', { student: 'second', teacher: 'nowhere' }] } },
    };
    await writeFile(at('recipe.json'), JSON.stringify(recipe));
    const { code, stderr } = await espalier(...distillation('by-recipe', '--recipe', at('recipe.json')));
    expect(code).toBe(2);
    expect(stderr).toContain('hint layer second of the student and nowhere of the teacher: the teacher has no feature map of that name');
  });

  it.each([
    { args: ['--alpha', '2', '--epochs', '1'], message: /--alpha.*number from 0 to 1/s },
    { args: ['--temperature', '0', '--epochs', '1'], message: /--temperature/ },
    { args: [], message: /training\.epochs/ },
  ])('refuses $args before anything is read', async ({ args, message }) => {
    const { code, stderr } = await espalierInside(...distillation('refused', ...args));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('refused'))).toBe(false);
  });
});
