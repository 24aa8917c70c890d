import { cancelRunWorkflow } from '@espalier/compression-workflow/client';
import { EspalierError, isFinal } from '@espalier/core';
import { endRun, noteDeed } from '@espalier/database';
import { demand, notFound, signedIn } from '../../auth/viewer.ts';
import type { Context } from '../../schema/context.ts';
import { rowId } from '../../schema/ids.ts';

/**
 * Asks a run to stop. It says `cancelled` when its trainer has.
 * @returns the run's row id.
 * @throws EspalierError `NOT_SIGNED_IN`, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT` for a run that has ended, `UNAVAILABLE`.
 */
export async function cancelRun({ viewer, services }: Context, named: string): Promise<string> {
  signedIn(viewer);
  const { prisma, pool } = services.database;
  const id = rowId(named, 'Run');
  const run = id === null ? null : await prisma.run.findUnique({ where: { id }, select: { id: true, organizationId: true, status: true } });
  if (run === null) throw notFound('run', ['run']);
  const { id: runId, organizationId, status } = run;
  const { userId } = demand(viewer, 'run:cancel', { organizationId, what: 'run', path: ['run'] });
  if (isFinal(status)) {
    throw new EspalierError('CONFLICT', `the run has ended as ${status}`, { hint: 'There is nothing left to cancel.', path: ['run'] });
  }
  await noteDeed(prisma, { organizationId, actorId: userId, action: 'run:cancel', subjectId: runId });
  if (!(await cancelRunWorkflow(await services.workflows(), { runId }))) {
    // No workflow will say so: it was never started, or has ended in this moment, and then the row stays as it says.
    const checkpoints = await endRun(pool, runId, { status: 'cancelled' });
    await Promise.all(checkpoints.map((digest) => services.storage.remove(digest)));
  }
  return runId;
}
