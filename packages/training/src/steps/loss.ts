import type { DistillationSettings } from '@espalier/core';
import { softmaxCrossEntropy, tf } from '@espalier/tensor';

/**
 * Mean over the batch of −Σ q·log softmax(z). `logits` is [batch, classes], `labels` [batch] of int32; q is 1 at the label, or with smoothing s
 * (Szegedy et al. 2016) s/K everywhere and 1 − s more at the label.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, smoothing = 0): tf.Scalar {
  return tf.tidy(() => {
    const classes = logits.shape[1];
    const elsewhere = smoothing / classes;
    const chosen = tf.oneHot(labels, classes, 1 - smoothing + elsewhere, elsewhere, 'float32') as tf.Tensor2D;
    return tf.mean(softmaxCrossEntropy(chosen, logits));
  });
}

/**
 * Knowledge distillation (Hinton, Vinyals and Dean 2015):
 *
 *   L = α·T²·KL(softmax(t/T) ‖ softmax(s/T)) + (1 − α)·H
 *
 * with t and s the logits of teacher and student [batch, classes] and H the student's loss on the labels; KL is summed over the classes and averaged
 * over the batch. T² keeps the gradient's size as T changes. The teacher gets no gradient.
 */
export function distillationLoss(
  hard: tf.Scalar,
  student: tf.Tensor2D,
  teacher: tf.Tensor2D,
  { temperature, alpha }: Pick<DistillationSettings, 'temperature' | 'alpha'>,
): tf.Scalar {
  return tf.tidy(() => {
    const softTeacher = tf.softmax(tf.div(teacher, temperature));
    const logSoftTeacher = tf.logSoftmax(tf.div(teacher, temperature));
    const logSoftStudent = tf.logSoftmax(tf.div(student, temperature));
    const divergence = tf.mean(tf.sum(tf.mul(softTeacher, tf.sub(logSoftTeacher, logSoftStudent)), 1));
    return tf.add(tf.mul(divergence, alpha * temperature ** 2), tf.mul(hard, 1 - alpha)) as tf.Scalar;
  });
}

/** Σ of scalars, one after the other: the order of a sum decides its last bits. */
export const sumOf = (scalars: readonly tf.Tensor[]): tf.Scalar => scalars.reduce((sum, scalar) => tf.add(sum, scalar)) as tf.Scalar;
