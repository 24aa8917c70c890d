import { beginStage, finishRun, reportStage, type Attempt } from '@espalier/database';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { globalId, startTestApi, type TestApi } from './harness.ts';

const updates = `subscription ($run: ID!, $after: String) {
  runUpdates(run: $run, after: $after) { cursor run { status stages { status } } points { series step value } lines { text } }
}`;
const firstAnswer = 'query ($id: ID!) { node(id: $id) { ... on Run { cursor series { name points { step value } } log { text } } } }';

interface Update {
  cursor: string;
  run: { status: string };
  points: { series: string; step: number; value: number }[];
  lines: { text: string }[];
}

describe('following a run', () => {
  let api: TestApi;
  let organizationId: string;
  let userId: string;
  let token: string;
  let strangerToken: string;
  let runId: string;
  let run: string;
  let attempt: Attempt;
  beforeAll(async () => {
    api = await startTestApi();
    ({ id: organizationId } = await api.make.organization());
    ({ id: userId } = await api.make.user({ memberships: [{ organizationId, role: 'viewer' }] }));
    token = await api.token(userId);
    strangerToken = await api.token((await api.make.user()).id);
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    const { id: modelId } = await api.make.model(organizationId);
    const { id: datasetId } = await api.make.dataset(organizationId);
    ({ id: runId } = await api.make.run({ organizationId, modelId, datasetId }));
    run = globalId('Run', { id: runId });
    const begun = await beginStage(api.database.pool, runId, { name: 'train', round: 0 }, 'inputs');
    if (begun.done !== null) throw new Error('the stage was done before it began');
    attempt = begun.attempt;
  });

  const write = (step: number, value = 1 / step) =>
    reportStage(api.database.pool, attempt, {
      points: [{ series: 'train/loss', step, value }],
      lines: [{ level: 'info', text: `step ${step}` }],
    });
  const follow = (socket: Client, after?: string) =>
    socket.iterate<{ runUpdates: Update }>({ query: updates, variables: { run, after: after ?? null } });

  /** Reads updates until `enough`, adding what they bring to `seen`; gives the newest cursor. */
  async function gather(
    stream: AsyncIterator<{ data?: { runUpdates: Update } | null }>,
    seen: Update[],
    enough: () => boolean,
  ): Promise<string> {
    while (!enough()) {
      const { value, done } = (await stream.next()) as IteratorResult<{ data?: { runUpdates: Update } | null }>;
      if (done === true) break;
      const update = value.data?.runUpdates;
      if (update === undefined) throw new Error(`no update but ${JSON.stringify(value)}`);
      seen.push(update);
    }
    return seen.at(-1)?.cursor ?? '';
  }
  const stepsOf = (seen: readonly Update[]): number[] => seen.flatMap(({ points }) => points.map(({ step }) => step));

  it('begins with everything that has happened and goes on with what happens', async () => {
    await write(1);
    const socket = api.socket(token);
    const stream = follow(socket);
    const seen: Update[] = [];
    await gather(stream, seen, () => seen.length > 0);
    expect(stepsOf(seen)).toEqual([1]);
    await write(2);
    await write(3);
    await gather(stream, seen, () => stepsOf(seen).includes(3));
    expect(stepsOf(seen)).toEqual([1, 2, 3]);
    expect(seen.flatMap(({ lines }) => lines.map(({ text }) => text))).toEqual(['step 1', 'step 2', 'step 3']);
    await socket.dispose();
  });

  it('loses and repeats nothing when the socket is cut again and again while it goes on', async () => {
    const last = 60;
    const seen: Update[] = [];
    const writing = (async () => {
      for (let step = 1; step <= last; step += 1) await write(step);
    })();
    let cursor: string | undefined;
    while (!stepsOf(seen).includes(last)) {
      const socket = api.socket(token);
      const before = seen.length;
      cursor = await gather(follow(socket, cursor), seen, () => seen.length >= before + 2 || stepsOf(seen).includes(last));
      // Without a word to the server, as when a network goes away.
      socket.terminate();
    }
    await writing;
    expect(stepsOf(seen)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(seen.flatMap(({ points }) => points.map(({ value }) => value))).toEqual(
      Array.from({ length: last }, (_, index) => 1 / (index + 1)),
    );
    expect(seen.flatMap(({ lines }) => lines)).toHaveLength(last);
  });

  it('continues exactly where the page of the run ended, also for a point that is written anew', async () => {
    await write(1);
    await write(2);
    const { data } = await api.ask(firstAnswer, { id: run }, token);
    const page = data?.node as { cursor: string; series: { points: object[] }[]; log: object[] };
    expect(page.series).toEqual([
      {
        name: 'train/loss',
        points: [
          { step: 1, value: 1 },
          { step: 2, value: 0.5 },
        ],
      },
    ]);
    expect(page.log).toHaveLength(2);
    await write(2, 0.25);
    const socket = api.socket(token);
    const seen: Update[] = [];
    await gather(follow(socket, page.cursor), seen, () => seen.length > 0);
    expect(seen[0]?.points).toEqual([{ series: 'train/loss', step: 2, value: 0.25 }]);
    await socket.dispose();
  });

  it('goes on after the connection on which changes are heard was cut', async () => {
    const socket = api.socket(token);
    const stream = follow(socket);
    const seen: Update[] = [];
    await gather(stream, seen, () => seen.length > 0);
    await api.database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'espalier listener'`);
    await write(1);
    await gather(stream, seen, () => stepsOf(seen).includes(1));
    expect(stepsOf(seen)).toEqual([1]);
    await socket.dispose();
  });

  it('ends when the run has ended, with its last state', async () => {
    const socket = api.socket(token);
    const seen: Update[] = [];
    const following = gather(follow(socket), seen, () => false);
    await write(1);
    await finishRun(api.database.pool, runId);
    await following;
    expect(seen.at(-1)?.run.status).toBe('SUCCEEDED');
    expect(stepsOf(seen)).toEqual([1]);
    await socket.dispose();
  });

  it('is of no run for a stranger, and for a member only as long as he is one', async () => {
    for (const other of [undefined, strangerToken]) {
      const socket = api.socket(other);
      const code = other === undefined ? 'NOT_SIGNED_IN' : 'NOT_FOUND';
      await expect(follow(socket).next()).rejects.toMatchObject([{ extensions: { code } }]);
      await socket.dispose();
    }
    const { id: leaving } = await api.make.user({ memberships: [{ organizationId, role: 'viewer' }] });
    const socket = api.socket(await api.token(leaving));
    const stream = follow(socket);
    await stream.next();
    await api.database.prisma.member.deleteMany({ where: { userId: leaving } });
    await write(1);
    await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    await socket.dispose();
  });

  it('refuses a cursor that was never given', async () => {
    const socket = api.socket(token);
    await expect(follow(socket, 'not a cursor').next()).rejects.toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
    await socket.dispose();
  });

  it('and all runs of an organization: each is told when it changes', async () => {
    const socket = api.socket(token);
    const query = 'subscription ($organization: ID!) { runsChanged(organization: $organization) { id stages { status } } }';
    const organization = globalId('Organization', { id: organizationId });
    const stream = socket.iterate<{ runsChanged: object }>({ query, variables: { organization } });
    const first = stream.next();
    // The subscription says nothing until something happens: write until it is heard.
    const unheard = new Set([first]);
    void first.then(() => unheard.clear());
    for (let step = 1; unheard.size > 0; step += 1) await write(step);
    expect((await first).value).toMatchObject({ data: { runsChanged: { id: run, stages: [{ status: 'RUNNING' }, {}, {}] } } });
    await socket.dispose();
  });
});
