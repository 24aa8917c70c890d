import type { ClassificationMeasurement, DetectionMeasurement, Measurement } from '@espalier/core';
import type { Builder } from './builder.ts';

/**
 * What was measured of a network. A classifier has a `Measurement`, a detector a `DetectionMeasurement`, each in a field of its own: the one that does not
 * apply is null, as it is before anything was measured. So clients that know classifiers alone go on unchanged, and never take mean average precision for
 * accuracy. One type whose accuracy may be null, or a union, would have broken each of their queries.
 */
export function addMeasurements(builder: Builder): void {
  builder.objectType('Measurement', {
    description: 'A classifier on one split.',
    fields: (t) => ({
      split: t.exposeString('split'),
      examples: t.exposeInt('examples'),
      accuracy: t.exposeFloat('accuracy', { description: 'Top-1, in 0 to 1.' }),
      top5: t.exposeFloat('top5', { nullable: true, description: 'Top-5, in 0 to 1; null where there are no more than five classes.' }),
      loss: t.exposeFloat('loss'),
      parameters: t.exposeFloat('parameters'),
      macs: t.exposeFloat('macs'),
      bytes: t.exposeFloat('bytes'),
      latency: t.expose('latency', { type: 'Latency', nullable: true }),
    }),
  });
  builder.objectType('DetectionMeasurement', {
    description: 'A detector on one split. An object is found at an overlap (intersection over union) of 0.5.',
    fields: (t) => ({
      split: t.exposeString('split'),
      examples: t.exposeInt('examples', { description: 'Pictures.' }),
      meanAveragePrecision: t.expose('meanAveragePrecision', {
        type: 'AveragePrecision',
        description: 'The mean over the classes that have objects in the split.',
      }),
      classes: t.expose('classes', { type: ['ClassPrecision'] }),
      parameters: t.exposeFloat('parameters'),
      macs: t.exposeFloat('macs'),
      bytes: t.exposeFloat('bytes'),
      latency: t.expose('latency', { type: 'Latency', nullable: true }),
    }),
  });
  builder.objectType('AveragePrecision', {
    description: 'Average precision, in 0 to 1, by both definitions of PASCAL VOC. They are not to be compared with each other.',
    fields: (t) => ({
      voc07: t.exposeFloat('voc07', { description: 'VOC 2007: the mean of the best precision at eleven recalls.' }),
      area: t.exposeFloat('area', { description: 'VOC 2010 and later: the area under the curve of precision over recall.' }),
    }),
  });
  builder.objectType('ClassPrecision', {
    fields: (t) => ({
      name: t.exposeString('name'),
      objects: t.exposeInt('objects', { description: 'Of the split, without those that are marked as difficult.' }),
      averagePrecision: t.expose('averagePrecision', {
        type: 'AveragePrecision',
        nullable: true,
        description: 'Null for a class without objects.',
      }),
    }),
  });
  builder.objectType('DetectionResult', {
    description: 'What a run found of a detector; each null until measured.',
    fields: (t) => ({
      before: t.expose('before', { type: 'DetectionMeasurement', nullable: true }),
      afterPruning: t.expose('afterPruning', { type: 'DetectionMeasurement', nullable: true }),
      after: t.expose('after', { type: 'DetectionMeasurement', nullable: true }),
    }),
  });
  builder.objectType('Latency', {
    fields: (t) => ({
      runtime: t.exposeString('runtime'),
      batchSize: t.exposeInt('batchSize'),
      threads: t.exposeInt('threads'),
      samples: t.exposeInt('samples'),
      medianMs: t.exposeFloat('medianMs'),
      lowMs: t.exposeFloat('lowMs'),
      highMs: t.exposeFloat('highMs'),
    }),
  });
}

type Measured = Measurement | null | undefined;

export const classifierOf = (measured: Measured): ClassificationMeasurement | null =>
  measured && 'accuracy' in measured ? measured : null;

export const detectorOf = (measured: Measured): DetectionMeasurement | null =>
  measured && 'meanAveragePrecision' in measured ? measured : null;
