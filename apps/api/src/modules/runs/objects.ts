import { encodeCursor } from '@espalier/database';
import type { Builder } from '../../schema/builder.ts';

/** The objects below a run that are no rows. */
export function addRunObjects(builder: Builder): void {
  builder.objectType('TargetReached', {
    fields: (t) => ({
      measure: t.exposeString('measure'),
      askedRatio: t.exposeFloat('askedRatio'),
      reachedRatio: t.exposeFloat('reachedRatio'),
    }),
  });
  builder.objectType('Progress', {
    fields: (t) => ({
      phase: t.exposeString('phase'),
      epoch: t.exposeInt('epoch', { nullable: true }),
      epochs: t.exposeInt('epochs', { nullable: true }),
      step: t.exposeInt('step', { nullable: true }),
      steps: t.exposeInt('steps', { nullable: true }),
      imagesPerSecond: t.exposeFloat('imagesPerSecond', { nullable: true }),
      secondsLeft: t.exposeFloat('secondsLeft', { nullable: true }),
    }),
  });
  builder.objectType('Device', {
    description: 'What a worker computes with.',
    fields: (t) => ({
      backend: t.exposeString('backend'),
      tensorflow: t.exposeString('tensorflow', { nullable: true }),
      device: t.exposeString('device'),
      oneDnn: t.exposeBoolean('oneDnn'),
      threads: t.exposeInt('threads'),
      warning: t.exposeString('warning', { nullable: true }),
    }),
  });
  builder.objectType('LayerWidth', {
    fields: (t) => ({
      layer: t.exposeString('layer'),
      type: t.exposeString('type'),
      group: t.exposeString('group', { nullable: true }),
      before: t.exposeInt('before'),
      after: t.exposeInt('after'),
    }),
  });
  builder.objectType('MetricSeries', {
    fields: (t) => ({
      name: t.exposeString('name'),
      points: t.field({ type: ['MetricPoint'], resolve: ({ points }) => [...points] }),
    }),
  });
  builder.objectType('MetricPoint', {
    fields: (t) => ({ step: t.exposeInt('step'), value: t.exposeFloat('value') }),
  });
  builder.objectType('SeriesPoint', {
    fields: (t) => ({ series: t.exposeString('series'), step: t.exposeInt('step'), value: t.exposeFloat('value') }),
  });
  builder.objectType('LogLine', {
    fields: (t) => ({
      id: t.id({ resolve: ({ seq }) => encodeCursor(seq) }),
      at: t.expose('at', { type: 'DateTime' }),
      level: t.exposeString('level'),
      text: t.exposeString('text'),
    }),
  });
}
