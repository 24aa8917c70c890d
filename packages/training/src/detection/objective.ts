import type { SceneBatch } from '@espalier/datasets';
import type { tf } from '@espalier/tensor';
import type { Objective } from '../steps/objective.ts';
import type { DetectionHeads } from './heads.ts';
import { matchScenes } from './matching.ts';
import { multiboxLoss } from './multibox-loss.ts';
import { priorBoxes } from './priors.ts';

export type BoxedBatch = Pick<SceneBatch, 'images' | 'boxes' | 'size'>;

/**
 * Detection: the multibox loss of a detector with the given heads over the boxes of a batch, which are matched with its priors when the batch is fed. The measures
 * `confidence` and `localisation` are the loss's two parts. In a batch that is not full, the pictures of padding have no objects, and so no part in it.
 */
export function detection({ classOutput, offsetOutput, maps, priorCount }: DetectionHeads): Objective<BoxedBatch> {
  const priors = priorBoxes(maps);
  return {
    targetShapes: (batchSize) => ({
      priorLabels: { shape: [batchSize, priorCount], dtype: 'int32' },
      priorOffsets: { shape: [batchSize, priorCount, 4], dtype: 'float32' },
    }),
    targetsOf({ boxes, size }) {
      const padding = Array.from({ length: size - boxes.length }, () => []);
      const { labels, offsets } = matchScenes([...boxes, ...padding], priors);
      return { priorLabels: labels, priorOffsets: offsets };
    },
    judge(outputs, { priorLabels, priorOffsets }) {
      const given = { logits: outputs[classOutput] as tf.Tensor3D, offsets: outputs[offsetOutput] as tf.Tensor3D };
      const wanted = { labels: priorLabels as tf.Tensor2D, wantedOffsets: priorOffsets as tf.Tensor3D };
      const { loss, confidence, localisation } = multiboxLoss(given, wanted);
      return { loss, measures: { confidence, localisation } };
    },
  };
}
