import type { TrainingSettings } from '@espalier/core';
import type { Batch } from '@espalier/datasets';
import { tf } from '@espalier/tensor';
import { crossEntropy } from './loss.ts';
import type { Objective } from './objective.ts';

export type LabelledBatch = Pick<Batch, 'images' | 'labels'> & Partial<Pick<Batch, 'examples'>>;

/**
 * Classification: cross-entropy of the logits [batch, classes] with one label for each picture. The measure `correct` counts the pictures of the
 * batch whose largest logit is that of their label.
 */
export const classification = ({ labelSmoothing }: Pick<TrainingSettings, 'labelSmoothing'>): Objective<LabelledBatch> => ({
  targetShapes: (batchSize) => ({ labels: { shape: [batchSize], dtype: 'int32' } }),
  targetsOf: ({ labels }) => ({ labels }),
  judge([output], { labels }) {
    const [logits, wanted] = [output as tf.Tensor2D, labels as tf.Tensor1D];
    const correct = tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), wanted), 'float32')) as tf.Scalar;
    return { loss: crossEntropy(logits, wanted, labelSmoothing), measures: { correct } };
  },
});
