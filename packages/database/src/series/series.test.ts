import { testDatabase } from '@espalier/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginStage, reportStage, type Attempt } from '../execution/index.ts';
import { openDatabase, type Database } from '../open.ts';
import { Factory } from '../testing/factories.ts';
import { beginning, cursorsOf, decodeCursor, encodeCursor } from './cursor.ts';
import { readAfter, readLog, readSeries } from './read.ts';

describe('a cursor', () => {
  it('is read back as it was written', () => {
    const cursors = fc.bigInt({ min: 0n, max: 2n ** 62n - 1n });
    fc.assert(fc.property(cursors, (cursor) => decodeCursor(encodeCursor(cursor)) === cursor));
  });

  it.each(['', '-1', 'ä', 'zzzzzzzzzzzzz'])('is refused when it is %j', (text) => {
    expect(() => decodeCursor(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it.each(['zzzzzzzzzzzz'])('is compared, not trusted, when it is as large as %j', async (text) => {
    expect(decodeCursor(text)).toBeLessThan(2n ** 63n);
  });
});

describe('the series of a run', () => {
  let database: Database;
  let attempt: Attempt;
  let runId: string;
  beforeAll(async () => {
    database = openDatabase((await testDatabase()).url);
    const make = new Factory(database.prisma);
    const { id: organizationId } = await make.organization();
    const { id: modelId } = await make.model(organizationId);
    const { id: datasetId } = await make.dataset(organizationId);
    ({ id: runId } = await make.run({ organizationId, modelId, datasetId }));
    const begun = await beginStage(database.pool, runId, { name: 'train', round: 0 }, 'inputs');
    if (begun.done !== null) throw new Error('the stage was done before it began');
    attempt = begun.attempt;
  });
  afterAll(() => database.close());

  const write = (step: number, value: number, text?: string) =>
    reportStage(database.pool, attempt, {
      points: [{ series: 'train/loss', step, value }],
      lines: text === undefined ? [] : [{ level: 'info', text }],
    });
  const read = (upTo: bigint) => readSeries(database.pool, { runId, names: null, upTo });

  it('are empty at the beginning', async () => {
    expect(await readAfter(database.pool, runId, beginning)).toMatchObject({ points: [], lines: [], cursor: beginning });
  });

  it('up to a cursor and everything after it together are the series, also when a point is written anew in between', async () => {
    await write(1, 2.5, 'the first step');
    await write(2, 2);
    const cursor = (await cursorsOf(database.pool, [runId])).get(runId) ?? beginning;
    expect(await read(cursor)).toEqual([
      {
        name: 'train/loss',
        points: [
          { step: 1, value: 2.5 },
          { step: 2, value: 2 },
        ],
      },
    ]);
    await write(2, 1.5, 'the second step, again');
    await write(3, 1);
    expect(await read(cursor)).toEqual([{ name: 'train/loss', points: [{ step: 1, value: 2.5 }] }]);
    const after = await readAfter(database.pool, runId, cursor);
    expect(after.points).toEqual([
      { series: 'train/loss', step: 2, value: 1.5 },
      { series: 'train/loss', step: 3, value: 1 },
    ]);
    expect(after.lines.map(({ text }) => text)).toEqual(['the second step, again']);
    expect(await readAfter(database.pool, runId, after.cursor)).toEqual({ points: [], lines: [], cursor: after.cursor });
  });

  it('are those asked for by name', async () => {
    await reportStage(database.pool, attempt, { points: [{ series: 'train/accuracy', step: 1, value: 0.5 }] });
    const upTo = (await cursorsOf(database.pool, [runId])).get(runId) ?? beginning;
    expect(await readSeries(database.pool, { runId, names: ['train/accuracy'], upTo })).toEqual([
      { name: 'train/accuracy', points: [{ step: 1, value: 0.5 }] },
    ]);
  });

  it('have a log, of which the last lines are read, oldest first', async () => {
    const upTo = (await cursorsOf(database.pool, [runId])).get(runId) ?? beginning;
    expect((await readLog(database.pool, { runId, last: 1, upTo })).map(({ text }) => text)).toEqual(['the second step, again']);
    expect((await readLog(database.pool, { runId, last: 9, upTo })).map(({ text }) => text)).toEqual([
      'the first step',
      'the second step, again',
    ]);
  });

  it('never lose or repeat a point to a reader who follows many writers', async () => {
    const values = Array.from({ length: 60 }, (_, index) => index + 10);
    const seen = new Map<number, number>();
    let cursor = (await cursorsOf(database.pool, [runId])).get(runId) ?? beginning;
    let deliveries = 0;
    const follow = async (): Promise<void> => {
      const happened = await readAfter(database.pool, runId, cursor);
      ({ cursor } = happened);
      deliveries += happened.points.length;
      for (const { step, value } of happened.points) seen.set(step, value);
    };
    const unwritten = new Set(values);
    const written = Promise.all(values.map((step) => write(step, step / 2).finally(() => unwritten.delete(step))));
    while (unwritten.size > 0) await follow();
    await written;
    await follow();
    expect([...seen].sort(([a], [b]) => a - b)).toEqual(values.map((step) => [step, step / 2]));
    expect(deliveries).toBe(values.length);
  });
});
