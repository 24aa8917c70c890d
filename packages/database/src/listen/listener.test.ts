import { testDatabase } from '@espalier/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../open.ts';
import { RunListener } from './listener.ts';

const organizationId = 'an organization';

describe('listening to runs', () => {
  let database: Database;
  let listener: RunListener;
  const troubles: unknown[] = [];
  beforeAll(async () => {
    database = openDatabase((await testDatabase()).url);
    listener = new RunListener(database.url, { onTrouble: (error) => troubles.push(error) });
  });
  afterAll(async () => {
    await listener.close();
    await database.close();
  });

  const tell = (payload: string) => database.pool.query(`SELECT pg_notify('espalier_run', $1)`, [payload]);
  const change = (runId: string, organization = organizationId) => tell(JSON.stringify({ runId, organizationId: organization }));

  it("hears of the run asked for, and of an organization's runs, and of no other", async () => {
    const ofRun = await listener.subscribe({ runId: 'a' });
    const ofOrganization = await listener.subscribe({ organizationId });
    await change('z', 'another organization');
    await change('b');
    await change('a');
    const heard = await gather(ofOrganization, (runs) => runs.has('a'));
    expect([...heard].sort()).toEqual(['a', 'b']);
    expect([...(await gather(ofRun, (runs) => runs.has('a')))]).toEqual(['a']);
    await ofRun.return();
    await ofOrganization.return();
  });

  it('tells of a run that changes many times while the reader is busy only once', async () => {
    const subscription = await listener.subscribe({ runId: 'busy' });
    const other = await listener.subscribe({ runId: 'last' });
    for (let index = 0; index < 10; index += 1) await change('busy');
    await change('last');
    await gather(other, (runs) => runs.has('last'));
    expect(await subscription.next()).toEqual({ done: false, value: { runIds: ['busy'] } });
    const next = subscription.next();
    await subscription.return();
    expect(await next).toEqual({ done: true, value: undefined });
    await other.return();
  });

  it('connects again when its connection is cut, and wakes everybody, for what was said in between is lost', async () => {
    const subscription = await listener.subscribe({ runId: 'c' });
    await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'espalier listener'`);
    expect(await subscription.next()).toEqual({ done: false, value: 'everything' });
    await change('c');
    expect(await subscription.next()).toEqual({ done: false, value: { runIds: ['c'] } });
    expect(troubles).not.toEqual([]);
    await subscription.return();
  });

  it('ends a subscription whose signal is aborted, also while its reader waits', async () => {
    const stop = new AbortController();
    const subscription = await listener.subscribe({ runId: 'f' }, stop.signal);
    const next = subscription.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect((await (await listener.subscribe({ runId: 'f' }, stop.signal)).next()).done).toBe(true);
  });

  it('survives a payload that makes no sense', async () => {
    const subscription = await listener.subscribe({ runId: 'd' });
    await tell('no JSON');
    await change('d');
    expect(await subscription.next()).toEqual({ done: false, value: { runIds: ['d'] } });
    await subscription.return();
  });

  it('ends every subscription when it is closed', async () => {
    const closing = new RunListener(database.url);
    const subscription = await closing.subscribe({ runId: 'e' });
    const next = subscription.next();
    await closing.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

/** Reads changes until `enough`; that "everything may have changed" says nothing about which run did. */
async function gather(changes: AsyncIterator<{ runIds: readonly string[] } | 'everything'>, enough: (runs: Set<string>) => boolean) {
  const runs = new Set<string>();
  while (!enough(runs)) {
    const { value, done } = await changes.next();
    if (done === true) break;
    if (value !== 'everything') for (const runId of value.runIds) runs.add(runId);
  }
  return runs;
}
