import { isFinal } from '@espalier/core';
import { decodeCursor, encodeCursor, beginning, readAfter, type Change } from '@espalier/database';
import { demand, notFound, organizationsWhere, signedIn } from '../../auth/viewer.ts';
import type { Context } from '../../schema/context.ts';
import { rowId } from '../../schema/ids.ts';
import type { RunUpdateShape } from '../../schema/shapes.ts';
import { endable } from './endable.ts';

/**
 * Everything that happens to a run after a cursor: at first what has happened already, then each change as it is told. Ends when the run has. Every
 * time the run is read anew by the rights of the viewer, so that whoever loses them hears no more.
 */
export const followRun = (context: Context, input: FollowInput): AsyncIterableIterator<RunUpdateShape> =>
  endable((signal) => follow(context, input, signal));

export interface FollowInput {
  /** Global id. */
  readonly run: string;
  readonly after?: string | null | undefined;
}

async function* follow(context: Context, input: FollowInput, signal: AbortSignal): AsyncGenerator<RunUpdateShape> {
  const { viewer, services } = context;
  signedIn(viewer);
  const runId = rowId(input.run, 'Run');
  if (runId === null) throw notFound('run', ['run']);
  let cursor = typeof input.after === 'string' ? decodeCursor(input.after) : beginning;
  const changes = await services.listener.subscribe({ runId }, signal);
  try {
    do {
      // The status first: what was written before a run ended is in what is read after it.
      const { status } = await readableRun(context, runId);
      const happened = await readAfter(services.database.pool, runId, cursor);
      ({ cursor } = happened);
      yield { runId, cursor: encodeCursor(cursor), points: happened.points, lines: happened.lines };
      if (isFinal(status)) return;
    } while ((await changes.next()).done !== true);
  } finally {
    await changes.return();
  }
}

/** @throws EspalierError `NOT_FOUND`. */
async function readableRun({ viewer, services }: Context, runId: string) {
  const { prisma } = services.database;
  // Not from the viewer's memberships as they were when the subscription began.
  const members = { some: { userId: viewer?.userId ?? '' } };
  const run = await prisma.run.findUnique({
    where: { id: runId, organization: { members } },
    select: { status: true, organizationId: true },
  });
  if (run === null) throw notFound('run', ['run']);
  demand(viewer, 'run:read', { organizationId: run.organizationId, what: 'run', path: ['run'] });
  return run;
}

/** Ids of an organization's runs, each time one of them has changed. After a lost connection those that may have changed unheard. */
export const changedRuns = (context: Context, input: { readonly organization: string }): AsyncIterableIterator<string> =>
  endable((signal) => changed(context, input, signal));

async function* changed(context: Context, input: { readonly organization: string }, signal: AbortSignal): AsyncGenerator<string> {
  const { viewer, services } = context;
  signedIn(viewer);
  const organizationId = rowId(input.organization, 'Organization');
  if (organizationId === null) throw notFound('organization', ['organization']);
  demand(viewer, 'run:read', { organizationId, what: 'organization', path: ['organization'] });
  let heardAt = new Date();
  for await (const change of await services.listener.subscribe({ organizationId }, signal)) {
    const runIds = await affected(context, { organizationId, change, since: heardAt });
    heardAt = new Date();
    yield* runIds;
  }
}

async function affected(
  { viewer, services }: Context,
  { organizationId, change, since }: { organizationId: string; change: Change; since: Date },
): Promise<string[]> {
  const someone = signedIn(viewer);
  const { prisma } = services.database;
  const which =
    change === 'everything'
      ? { OR: [{ status: { in: ['queued' as const, 'running' as const] } }, { finishedAt: { gte: since } }] }
      : { id: { in: [...change.runIds] } };
  const rows = await prisma.run.findMany({
    where: { ...which, organizationId, organization: { members: { some: { userId: someone.userId } } } },
    select: { id: true },
    orderBy: { createdAt: 'desc' },
    take: 100,
  });
  return organizationsWhere(viewer, 'run:read').includes(organizationId) ? rows.map(({ id }) => id) : [];
}
