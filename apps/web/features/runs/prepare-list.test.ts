import { RecipeSchema } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import type { RunRowFragment } from '#generated/graphql.ts';
import { prepareRunRow, replaceNewest, upsertRun } from './prepare-list.ts';

const plain = (text: string | null) => text?.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

const run = (changes: Partial<RunRowFragment>): RunRowFragment => ({
  id: 'a',
  title: 'Half the MACs',
  kind: 'COMPRESSION',
  status: 'RUNNING',
  recipe: RecipeSchema.parse({
    kind: 'compression',
    method: { name: 'exp' },
    target: { measure: 'macs', reductionRatio: 0.5 },
    retraining: { epochs: 3, learningRate: 0.02 },
  }),
  createdAt: '2026-01-01T10:00:00Z',
  startedAt: '2026-01-01T10:00:05Z',
  finishedAt: null,
  model: { id: 'm', name: 'digits' },
  dataset: { id: 'd', name: 'MNIST' },
  stages: [],
  before: null,
  after: null,
  detection: null,
  ...changes,
});
const ids = (runs: readonly RunRowFragment[]) => runs.map(({ id }) => id);

describe('the list of runs', () => {
  const list = [run({ id: 'b', createdAt: '2026-01-02T00:00:00Z' }), run({ id: 'a' })];

  it('shows a new run at the top', () => {
    expect(ids(upsertRun(list, run({ id: 'c', createdAt: '2026-01-03T00:00:00Z' })))).toEqual(['c', 'b', 'a']);
  });
  it('shows a change of a known run in its place', () => {
    const changed = upsertRun(list, run({ id: 'a', status: 'SUCCEEDED' }));
    expect(ids(changed)).toEqual(['b', 'a']);
    expect(changed[1]!.status).toBe('SUCCEEDED');
  });
  it('keeps what was listed below when the newest are read again', () => {
    expect(ids(replaceNewest(list, [run({ id: 'c' }), run({ id: 'b' })]))).toEqual(['c', 'b', 'a']);
  });
});

describe('a row', () => {
  it('tells of a running compression how far it is', () => {
    const progress = { phase: 'training', epoch: 2, epochs: 3, step: null, steps: null, secondsLeft: null };
    const stages = [{ name: 'retrain', round: 1, status: 'RUNNING' as const, progress }];
    const row = prepareRunRow(run({ stages }), Date.parse('2026-01-01T10:01:05Z'));
    expect([row.method, plain(row.target), row.activity, plain(row.duration)]).toEqual([
      'EXP',
      '-50 % MACs',
      'Retrain · epoch 2 of 3',
      '1 min 00 s',
    ]);
    expect(row.quality).toBe('–');
  });

  it('tells of a finished one what it reached', () => {
    const finished = run({
      status: 'SUCCEEDED',
      before: { accuracy: 0.982, macs: 40 },
      after: { accuracy: 0.978, macs: 20 },
      finishedAt: '2026-01-01T10:00:15Z',
    });
    const row = prepareRunRow(finished, 0);
    expect([row.quality, row.qualityChange, row.macsChange, row.duration].map(plain)).toEqual([
      '98.20 % → 97.80 %',
      '-0.40 pt',
      '-50.0 %',
      '10 s',
    ]);
    expect(row.fraction).toBe(1);
  });

  it('tells of a detector its mean average precision, and calls it so', () => {
    const at = (voc07: number, macs: number) => ({ meanAveragePrecision: { voc07 }, macs });
    const row = prepareRunRow(run({ status: 'SUCCEEDED', detection: { before: at(0.75, 40), after: at(0.72, 10) } }), 0);
    expect([row.quality, row.qualityChange, row.macsChange].map(plain)).toEqual(['mAP 75.00 % → 72.00 %', '-3.00 pt', '-75.0 %']);
    const trained = prepareRunRow(run({ status: 'SUCCEEDED', detection: { before: null, after: at(0.75, 40) } }), 0);
    expect(plain(trained.quality)).toBe('mAP 75.00 %');
  });

  it('tells where a run failed', () => {
    const stages = [{ name: 'train', round: 0, status: 'FAILED' as const, progress: null }];
    expect(prepareRunRow(run({ status: 'FAILED', stages }), 0).activity).toBe('failed in Train');
  });
});
