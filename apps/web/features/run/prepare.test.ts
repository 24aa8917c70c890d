import { RecipeSchema } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import type { DetectedFragment, MeasuredFragment, RunStateFragment } from '#generated/graphql.ts';
import { prepareMeasures } from './prepare-measures.ts';
import { prepareStages, runFraction, stageFraction, stageTitle } from './prepare-stages.ts';
import { prepareWidths, totalWidth } from './prepare-widths.ts';
import { recipeFacts, recipeGist } from './recipe.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

type Stage = RunStateFragment['stages'][number];
const stage = (changes: Partial<Stage>): Stage => ({
  name: 'train',
  round: 0,
  status: 'RUNNING',
  attempt: 1,
  startedAt: '2026-01-01T10:00:00Z',
  finishedAt: null,
  progress: null,
  device: null,
  error: null,
  ...changes,
});
const progress = { phase: 'training', epoch: null, epochs: null, step: null, steps: null, imagesPerSecond: null, secondsLeft: null };

describe('a stage', () => {
  it.each([
    ['waits', stage({ status: 'WAITING' }), 0],
    ['has not said anything yet', stage({}), 0],
    ['is in its second epoch', stage({ progress: { ...progress, epoch: 2, epochs: 4, step: 15, steps: 40 } }), 0.375],
    ['knows its epoch alone', stage({ progress: { ...progress, epoch: 4, epochs: 4 } }), 0.75],
    ['counts steps alone', stage({ progress: { ...progress, step: 3, steps: 4 } }), 0.75],
    ['has ended', stage({ status: 'SUCCEEDED' }), 1],
    ['was not needed', stage({ status: 'SKIPPED' }), 1],
    ['was not begun before the run was cancelled', stage({ status: 'CANCELLED' }), 0],
  ])('that %s is at %#', (_case, one, fraction) => expect(stageFraction(one)).toBe(fraction));

  it('names its round only where there are several', () => {
    expect(stageTitle({ name: 'retrain', round: 1 }, 1)).toBe('Retrain');
    expect(stageTitle({ name: 'retrain', round: 2 }, 3)).toBe('Retrain 2');
    expect(stageTitle({ name: 'evaluate', round: 0 }, 3)).toBe('Evaluate');
  });

  it('tells epoch, speed and time left while it runs', () => {
    const running = stage({ progress: { ...progress, epoch: 2, epochs: 8, imagesPerSecond: 1234.5, secondsLeft: 75 } });
    const [row] = prepareStages([running], Date.parse('2026-01-01T10:02:00Z'));
    expect(row!.details.map(plain)).toEqual(['epoch 2 of 8', '1,235 images/s', '1 min 15 s left']);
    expect(plain(row!.duration!)).toBe('2 min 00 s');
  });
});

it('weighs training most in how far a run is', () => {
  const stages = [
    stage({ status: 'SUCCEEDED' }),
    stage({ name: 'evaluate', status: 'WAITING' }),
    stage({ name: 'register', status: 'WAITING' }),
  ];
  expect(runFraction(stages)).toBeCloseTo(20 / 22);
  expect(runFraction([])).toBe(0);
});

describe('the table of measures', () => {
  const nothing = { before: null, afterPruning: null, after: null, detection: null };
  const measured = (changes: Partial<MeasuredFragment>): MeasuredFragment => ({
    split: 'test',
    examples: 2000,
    accuracy: 0.98,
    top5: null,
    loss: 0.1,
    parameters: 200_000,
    macs: 40_000_000,
    bytes: 1_000_000,
    latency: null,
    ...changes,
  });

  it('is absent until something was measured', () => expect(prepareMeasures(nothing)).toBeNull());

  it('says what became better, what worse, and what is not known', () => {
    const table = prepareMeasures({ ...nothing, before: measured({}), after: measured({ accuracy: 0.975, macs: 20_000_000 }) })!;
    expect(table.columns).toEqual(['Before', 'After pruning', 'After', 'Change']);
    expect(table.rows.map(({ label, change, tone }) => [label, plain(change), tone])).toEqual([
      ['Accuracy', '-0.50 pt', 'worse'],
      ['Parameters', '±0.0 %', 'same'],
      ['MACs', '-50.0 %', 'better'],
      ['File size', '±0.0 %', 'same'],
      ['Latency', '–', 'same'],
    ]);
    expect(table.rows[0]!.cells.map(({ text }) => plain(text))).toEqual(['98.00 %', '–', '97.50 %']);
  });

  it('has the top five of those that have more classes', () => {
    const table = prepareMeasures({ ...nothing, before: measured({ top5: 0.999 }), after: measured({ top5: 0.99 }) })!;
    expect(table.rows.slice(0, 2).map(({ label, change }) => [label, plain(change)])).toEqual([
      ['Accuracy', '±0.00 pt'],
      ['Top-5 accuracy', '-0.90 pt'],
    ]);
  });

  it('takes a latency for neither better nor worse while the intervals overlap', () => {
    const latency = { runtime: 'TensorFlow', batchSize: 1, threads: 2, samples: 200 };
    const at = (medianMs: number) => measured({ latency: { ...latency, medianMs, lowMs: medianMs - 0.1, highMs: medianMs + 0.1 } });
    const tone = (before: number, after: number) =>
      prepareMeasures({ ...nothing, before: at(before), after: at(after) })!.rows.at(-1)!.tone;
    expect([tone(2, 1.9), tone(2, 1.7), tone(2, 2.3)]).toEqual(['same', 'better', 'worse']);
  });

  it('has of a detector mean average precision by both definitions, and no accuracy', () => {
    const detected = (voc07: number, area: number): DetectedFragment => {
      const { accuracy: _accuracy, top5: _top5, loss: _loss, ...costs } = measured({});
      return { ...costs, meanAveragePrecision: { voc07, area } };
    };
    const detection = { before: detected(0.75, 0.76), afterPruning: detected(0.1, 0.05), after: detected(0.71, 0.77) };
    const { rows, caption } = prepareMeasures({ ...nothing, detection })!;
    expect(rows.slice(0, 3).map(({ label, change, tone }) => [label, plain(change), tone])).toEqual([
      ['mAP, 11 points', '-4.00 pt', 'worse'],
      ['mAP, area', '+1.00 pt', 'better'],
      ['Parameters', '±0.0 %', 'same'],
    ]);
    expect(rows[0]!.cells.map(({ text }) => plain(text))).toEqual(['75.00 %', '10.00 %', '71.00 %']);
    expect(caption).toMatch(/^Mean average precision .* on the test split, 2,000 pictures/);
    expect(JSON.stringify({ rows, caption })).not.toMatch(/accuracy/i);
  });

  it('has one column for a run that only trains', () => {
    expect(prepareMeasures({ ...nothing, after: measured({}) })!.columns).toEqual(['Measured']);
  });
});

describe('the widths', () => {
  const widths = [
    { layer: 'conv1', type: 'Conv2D', group: 'g0', before: 16, after: 8 },
    { layer: 'conv2', type: 'Conv2D', group: null, before: 64, after: 64 },
  ];
  it('are bars measured against the widest layer', () => {
    expect(prepareWidths(widths).map(({ beforeShare, afterShare, change }) => [beforeShare, afterShare, plain(change)])).toEqual([
      [0.25, 0.125, '-50.0 %'],
      [1, 1, '±0.0 %'],
    ]);
  });
  it('are summed over all layers', () => expect(totalWidth(widths)).toEqual({ before: 80, after: 72 }));
});

describe('a recipe', () => {
  const compression = RecipeSchema.parse({
    kind: 'compression',
    method: { name: 'exp' },
    target: { measure: 'macs', reductionRatio: 0.5 },
    retraining: { epochs: 3, learningRate: 0.02 },
  });
  it('is told in two words in the list of runs', () => {
    const gist = recipeGist(compression)!;
    expect([gist.method, plain(gist.target)]).toEqual(['EXP', '-50 % MACs']);
    expect(recipeGist(RecipeSchema.parse({ kind: 'training', training: { epochs: 1, learningRate: 0.1 } }))).toBeNull();
  });
  it('is told in full on the page of its run', () => {
    const facts = Object.fromEntries(recipeFacts(compression).map(({ label, value }) => [label, plain(value)]));
    expect(facts).toMatchObject({
      Target: 'remove 50 % of the MACs',
      Epochs: '3',
      'Learning rate': '0.02, cosine',
      Seed: '1',
      Pool: 'default',
    });
  });
  it('tells what is unusual in it, and of Adam no momentum', () => {
    const recipe = RecipeSchema.parse({
      ...compression,
      distillation: { temperature: 4, alpha: 0.5, attention: { weight: 1000 }, hints: {} },
      retraining: { epochs: 3, learningRate: 0.02, optimizer: { name: 'adamw' }, labelSmoothing: 0.1, earlyStop: { patience: 5 } },
    });
    const facts = Object.fromEntries(recipeFacts(recipe).map(({ label, value }) => [label, plain(value)]));
    expect(facts).toMatchObject({
      Distillation: 'from the parent, T = 4, α = 0.5, attention × 1000, hints × 1',
      Optimizer: 'AdamW',
      'Label smoothing': '10 %',
      'Early stop': 'after 5 epochs without improvement',
    });
    expect(facts).not.toHaveProperty('Momentum');
  });
});
