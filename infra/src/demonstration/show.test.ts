import type { ClassificationMeasurement } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { duration, scaled } from './figures.ts';
import { createScreen } from './screen.ts';
import { comparisonTable } from './table.ts';
import { stageProgress } from './watch.ts';

const latency = { runtime: 'tensorflow', batchSize: 1, threads: 2, samples: 100, medianMs: 3.2, lowMs: 3.1, highMs: 3.4 };
const before: ClassificationMeasurement = {
  split: 'test',
  examples: 2000,
  accuracy: 0.9825,
  loss: 0.06,
  parameters: 269_434,
  macs: 30_821_632,
  bytes: 1_100_000,
  latency,
};

describe('comparisonTable', () => {
  it('sets before and after side by side, with the change of each', () => {
    const half = { accuracy: 0.9785, parameters: 134_717, macs: 15_410_816, bytes: 550_000, latency: { ...latency, medianMs: 2.4 } };
    const lines = comparisonTable(before, { ...before, ...half });
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['before', 'after', 'change'],
      ['accuracy', '98.25 %', '97.85 %', '\u22120.40 points'],
      ['parameters', '269,434', '134,717', '\u221250.0 %'],
      ['MACs of an image', '30.82 M', '15.41 M', '\u221250.0 %'],
      ['file size', '1.10 MB', '550.00 kB', '\u221250.0 %'],
      ['latency (batch 1)', '3.20 ms', '2.40 ms', '\u221225.0 %'],
    ]);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  });

  it('leaves the latency out where it was not measured', () => {
    expect(comparisonTable({ ...before, latency: undefined }, before).join('\n')).not.toContain('latency');
  });
});

describe('stageProgress', () => {
  it('says epoch, share, images a second, loss and time left', () => {
    const progress = { phase: 'training', epoch: 3, epochs: 8, step: 61, steps: 100, imagesPerSecond: 4213.4, secondsLeft: 75.4 };
    const stage = { name: 'train', round: 0, status: 'RUNNING' as const, progress, device: null };
    expect(stageProgress(stage, 0.0912)).toBe('epoch 3 of 8 · 61 % · 4,213 images/s · loss 0.0912 · 1 min 15 s left');
  });

  it('says the phase of a stage without epochs', () => {
    const progress = { phase: 'clustering', epoch: undefined, epochs: undefined, step: undefined, steps: undefined };
    const stage = {
      name: 'analyse',
      round: 1,
      status: 'RUNNING' as const,
      progress: { ...progress, imagesPerSecond: undefined, secondsLeft: undefined },
      device: null,
    };
    expect(stageProgress(stage, 0.5)).toBe('clustering');
  });
});

describe('figures', () => {
  it('are short and carry their units', () => {
    expect([scaled(999, 'B'), scaled(1234, 'B'), scaled(4_120_000_000, '')]).toEqual(['999 B', '1.23 kB', '4.12 G']);
    expect([duration(4.4), duration(59.6), duration(605)]).toEqual(['4 s', '1 min 00 s', '10 min 05 s']);
  });
});

describe('createScreen', () => {
  it('on a terminal replaces the status line, and keeps it below what is said', () => {
    let text = '';
    const screen = createScreen({ isTTY: true, columns: 80, write: (more) => (text += more) }, (line) => (text += `${line}\n`));
    screen.status('training', 'epoch 1');
    screen.say('worker serves again');
    screen.clear();
    expect(text).toBe('        training · epoch 1\r\u001B[2Kworker serves again\n        training · epoch 1\r\u001B[2K');
  });

  it('elsewhere writes a line when the stage changes, and else every five seconds', () => {
    const lines: string[] = [];
    let now = 0;
    const screen = createScreen(
      { write: () => undefined },
      (line) => lines.push(line),
      () => now,
    );
    for (const [at, stage, text] of [
      [0, 'train', 'a'],
      [1000, 'train', 'b'],
      [5000, 'train', 'c'],
      [5100, 'prune', 'd'],
    ] as const) {
      now = at;
      screen.status(stage, text);
    }
    expect(lines).toEqual(['train · a', 'train · c', 'prune · d']);
  });
});
