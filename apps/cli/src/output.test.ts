import { describe, expect, it } from 'vitest';
import { createOutput } from './output.ts';

function listen(isTTY: boolean, columns = 80) {
  const said = { out: '', err: '' };
  let nowMs = 0;
  const stream = { isTTY, columns, write: (text: string) => (said.err += text) };
  const output = createOutput(false, { stdout: { write: (text) => (said.out += text) }, stderr: stream }, () => nowMs);
  return { said, output, pass: (ms: number) => (nowMs += ms) };
}

describe('progress', () => {
  it('on a terminal is one line with a bar, written over until something stays', () => {
    const { said, output } = listen(true, 40);
    output.progress('train: training, 7/16', 7 / 16);
    output.progress('train: a text that is longer than the terminal is wide', 1);
    output.note('a remark');
    expect(said.err.split('\r\u001B[2K')).toEqual([
      '',
      '████████▊             43 % train: train',
      '████████████████████ 100 % train: a tex\na remark\n',
    ]);
  });

  it('elsewhere is a plain line every fifteen seconds', () => {
    const { said, output, pass } = listen(false);
    for (let step = 1; step <= 40; step++) {
      pass(1000);
      output.progress(`train: ${step}/40`, step / 40);
    }
    pass(15_000);
    output.progress('evaluate: preparing');
    expect(said.err).toBe('37 % train: 15/40\n75 % train: 30/40\nevaluate: preparing\n');
  });
});
