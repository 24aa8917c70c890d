import { DeviceSchema, isFinal, ProgressSchema, runStatuses, stageStatuses, WireErrorSchema } from '@espalier/core';
import { encodeCursor, readLog, readSeries, RunResultSchema, type RunResult } from '@espalier/database';
import { may } from '@espalier/policy';
import { organizationsWhere } from '../../auth/viewer.ts';
import type { Builder } from '../../schema/builder.ts';
import { enumValues } from '../../schema/common.ts';
import { classifierOf, detectorOf } from '../../schema/measurements.ts';
import type { DetectionResultShape } from '../../schema/shapes.ts';

/** The most lines of a log that one answer holds. */
const mostLines = 2000;

const resultOf = (result: unknown) => RunResultSchema.parse(result);
function detectionOf(result: RunResult): DetectionResultShape | null {
  const [before, afterPruning, after] = [detectorOf(result.before), detectorOf(result.afterPruning), detectorOf(result.after)];
  return before === null && afterPruning === null && after === null ? null : { before, afterPruning, after };
}

const problemOf = (error: unknown) => WireErrorSchema.nullable().parse(error);

/** A run and what belongs to it alone. */
export function addRuns(builder: Builder) {
  const RunKind = builder.enumType('RunKind', { values: enumValues(['training', 'compression']) });
  const RunStatus = builder.enumType('RunStatus', { values: enumValues(runStatuses) });
  const StageStatus = builder.enumType('StageStatus', {
    description: 'Where a stage of a run stands; SKIPPED is what a run came through without, because its rounds ended early.',
    values: enumValues(stageStatuses),
  });

  const Run = builder.prismaNode('Run', {
    id: { field: 'id' },
    nullable: true,
    select: { id: true },
    findUnique: (id, { viewer }) => ({ id, organizationId: { in: organizationsWhere(viewer, 'run:read') } }),
    fields: (t) => ({
      title: t.exposeString('title'),
      kind: t.expose('kind', { type: RunKind }),
      status: t.expose('status', { type: RunStatus }),
      recipe: t.field({ type: 'JSON', select: { recipe: true }, resolve: ({ recipe }) => recipe }),
      model: t.relation('model'),
      dataset: t.relation('dataset'),
      input: t.relation('input', {
        nullable: true,
        description: 'The version it started from; null for a run that trains a new network.',
      }),
      output: t.relation('output', { nullable: true, description: 'The version it registered; null until then.' }),
      stages: t.relation('stages', { query: { orderBy: { position: 'asc' } } }),
      widths: t.field({
        type: ['LayerWidth'],
        description: 'Per layer; empty until something was pruned.',
        select: { result: true },
        resolve: ({ result }) => resultOf(result).widths,
      }),
      before: t.field({
        type: 'Measurement',
        nullable: true,
        description:
          'The same split, measured by the same code: `before`, `afterPruning`, `after`. Null until measured, and for detectors, which have `detection` instead.',
        select: { result: true },
        resolve: ({ result }) => classifierOf(resultOf(result).before),
      }),
      afterPruning: t.field({
        type: 'Measurement',
        nullable: true,
        select: { result: true },
        resolve: ({ result }) => classifierOf(resultOf(result).afterPruning),
      }),
      after: t.field({
        type: 'Measurement',
        nullable: true,
        select: { result: true },
        resolve: ({ result }) => classifierOf(resultOf(result).after),
      }),
      detection: t.field({
        type: 'DetectionResult',
        nullable: true,
        description: 'The same of a detector; null until anything was measured, and for classifiers.',
        select: { result: true },
        resolve: ({ result }) => detectionOf(resultOf(result)),
      }),
      target: t.field({
        type: 'TargetReached',
        nullable: true,
        select: { result: true },
        resolve: ({ result }) => resultOf(result).target,
      }),
      error: t.field({ type: 'Problem', nullable: true, select: { error: true }, resolve: ({ error }) => problemOf(error) }),
      series: t.field({
        type: ['MetricSeries'],
        description: 'All points of the named series (every series when null), in order of step.',
        args: { names: t.arg.stringList() },
        resolve: async ({ id: runId }, { names }, { services, cursors }) =>
          readSeries(services.database.pool, { runId, names: names ?? null, upTo: await cursors.load(runId) }),
      }),
      log: t.field({
        type: ['LogLine'],
        args: { last: t.arg.int({ required: true, defaultValue: 200 }) },
        resolve: async ({ id: runId }, { last }, { services, cursors }) =>
          readLog(services.database.pool, { runId, last: Math.min(Math.max(last, 0), mostLines), upTo: await cursors.load(runId) }),
      }),
      cursor: t.string({
        description: 'Pass to `runUpdates(after:)` to be told of everything that came after this answer.',
        resolve: async ({ id }, _arguments, { cursors }) => encodeCursor(await cursors.load(id)),
      }),
      startedBy: t.relation('startedBy', { nullable: true }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
      viewerCanCancel: t.boolean({
        description: 'Whether the viewer may cancel it.',
        select: { status: true, organizationId: true },
        resolve: ({ status, organizationId }, _arguments, { viewer }) =>
          !isFinal(status) && may(viewer?.memberships.get(organizationId) ?? null, 'run:cancel'),
      }),
    }),
  });

  builder.prismaObject('RunStage', {
    name: 'Stage',
    select: { runId: true, name: true, round: true },
    fields: (t) => ({
      name: t.exposeString('name'),
      round: t.exposeInt('round', { description: '0 outside the prune-retrain rounds, which count from 1.' }),
      status: t.expose('status', { type: StageStatus }),
      attempt: t.exposeInt('attempt'),
      progress: t.field({
        type: 'Progress',
        nullable: true,
        select: { progress: true },
        resolve: ({ progress }) => ProgressSchema.nullable().parse(progress),
      }),
      device: t.field({
        type: 'Device',
        nullable: true,
        select: { device: true },
        resolve: ({ device }) => DeviceSchema.nullable().parse(device),
      }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
      error: t.field({ type: 'Problem', nullable: true, select: { error: true }, resolve: ({ error }) => problemOf(error) }),
    }),
  });

  return { Run, RunStatus };
}
