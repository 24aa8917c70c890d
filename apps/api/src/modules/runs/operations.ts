import type { Builder } from '../../schema/builder.ts';
import { mutate } from '../../schema/mutate.ts';
import { cancelRun } from './cancel.ts';
import type { addRuns } from './schema.ts';
import { startRun } from './start.ts';
import { changedRuns, followRun } from './updates.ts';

/** What can be done with runs, and how they are followed. */
export function addRunOperations(builder: Builder, { Run }: ReturnType<typeof addRuns>): void {
  const StartRunInput = builder.inputType('StartRunInput', {
    fields: (t) => ({
      model: t.id({ required: true }),
      version: t.id({
        description: 'The version to start from. A compression needs one; a training without one begins with fresh weights.',
      }),
      dataset: t.id({ required: true }),
      title: t.string({ required: true }),
      recipe: t.field({ type: 'JSON', required: true }),
      idempotencyKey: t.string({ required: true }),
    }),
  });
  for (const name of ['StartRunPayload', 'CancelRunPayload'] as const) {
    builder.objectType(name, {
      fields: (t) => ({
        run: t.field({ type: Run, nullable: true, resolve: ({ id }) => (id === null ? null : { id }) }),
        userErrors: t.field({ type: ['UserError'], resolve: ({ userErrors }) => [...userErrors] }),
      }),
    });
  }
  builder.mutationFields((t) => ({
    startRun: t.field({
      type: 'StartRunPayload',
      args: { input: t.arg({ type: StartRunInput, required: true }) },
      resolve: (_root, { input }, context) => mutate(() => startRun(context, input)),
    }),
    cancelRun: t.field({
      type: 'CancelRunPayload',
      args: { run: t.arg.id({ required: true }) },
      resolve: (_root, { run }, context) => mutate(() => cancelRun(context, run)),
    }),
  }));

  builder.objectType('RunUpdate', {
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      run: t.field({ type: Run, resolve: ({ runId }) => ({ id: runId }) }),
      points: t.field({ type: ['SeriesPoint'], resolve: ({ points }) => [...points] }),
      lines: t.field({ type: ['LogLine'], resolve: ({ lines }) => [...lines] }),
    }),
  });
  builder.subscriptionFields((t) => ({
    runUpdates: t.field({
      type: 'RunUpdate',
      description:
        'Everything that happens to a run after `after` (the `cursor` of a run or of an earlier update). Reconnecting with the newest\ncursor loses nothing and repeats nothing.',
      args: { run: t.arg.id({ required: true }), after: t.arg.string() },
      subscribe: (_root, input, context) => followRun(context, input),
      resolve: (update) => update,
    }),
    runsChanged: t.field({
      type: Run,
      description: 'Runs of an organization whose status, stage or progress changed.',
      args: { organization: t.arg.id({ required: true }) },
      subscribe: (_root, input, context) => changedRuns(context, input),
      resolve: (id) => ({ id }),
    }),
  }));
}
