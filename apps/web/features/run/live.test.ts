import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunStateFragment } from '#generated/graphql.ts';
import { applyUpdate, type LiveRun, type RunUpdate } from './live.ts';

const state = { id: 'run', status: 'RUNNING' } as RunStateFragment;
const empty: LiveRun = { state, series: new Map(), log: [], cursor: '0' };
const update = (points: RunUpdate['points'], lines: RunUpdate['lines'] = [], cursor = '1'): RunUpdate => ({
  cursor,
  run: state,
  points,
  lines,
});
const loss = (step: number, value: number) => ({ series: 'train/loss', step, value });
const line = (id: string) => ({ id, at: '2026-01-01T00:00:00Z', level: 'info', text: id });

describe('a live run', () => {
  it('appends what is new and keeps series apart', () => {
    const live = applyUpdate(empty, update([loss(10, 2), loss(20, 1), { series: 'train/accuracy', step: 10, value: 0.5 }]));
    expect(live.series.get('train/loss')).toEqual([
      { step: 10, value: 2 },
      { step: 20, value: 1 },
    ]);
    expect(live.series.get('train/accuracy')).toHaveLength(1);
  });

  it('goes on with the newest cursor', () => expect(applyUpdate(empty, update([], [], '42')).cursor).toBe('42'));

  it('leaves a series alone that an update does not name, so that nothing is drawn again in vain', () => {
    const live = applyUpdate(empty, update([loss(10, 2)]));
    const later = applyUpdate(live, update([{ series: 'train/accuracy', step: 10, value: 1 }]));
    expect(later.series.get('train/loss')).toBe(live.series.get('train/loss'));
    expect(applyUpdate(later, update([])).series).toBe(later.series);
  });

  it('overwrites the steps that a resumed stage computes again', () => {
    const live = applyUpdate(empty, update([loss(10, 2), loss(20, 1), loss(30, 0.5)]));
    expect(applyUpdate(live, update([loss(20, 1.5)])).series.get('train/loss')).toEqual([
      { step: 10, value: 2 },
      { step: 20, value: 1.5 },
      { step: 30, value: 0.5 },
    ]);
  });

  it('takes a line once, however often it is told', () => {
    const live = applyUpdate(empty, update([], [line('a'), line('b')]));
    expect(applyUpdate(live, update([], [line('b'), line('c')])).log.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('ends with the last value of each step in order of step, whatever the order of arrival', () => {
    const points = fc.array(fc.record({ step: fc.nat(30), value: fc.double({ noNaN: true }) }));
    fc.assert(
      fc.property(fc.array(points), (batches) => {
        const live = batches.reduce((run, batch) => applyUpdate(run, update(batch.map((point) => loss(point.step, point.value)))), empty);
        const expected = new Map(batches.flat().map(({ step, value }) => [step, value]));
        const drawn = live.series.get('train/loss') ?? [];
        expect(drawn).toEqual([...expected].sort(([a], [b]) => a - b).map(([step, value]) => ({ step, value })));
      }),
    );
  });
});
