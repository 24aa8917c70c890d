import type { DistillationSettings, NetworkData } from '@espalier/core';
import { tf } from '@espalier/tensor';
import { attentionLoss, attentionMap, attentionPoints } from './attention.ts';
import { distillationLoss } from './loss.ts';
import { loadNetwork } from './model.ts';
import { viewOf, type Seen } from './view.ts';

export interface Teacher {
  readonly network: NetworkData;
  readonly settings: DistillationSettings;
}

/** What a teacher adds to what a student learns. */
export interface Guidance {
  /** The teacher's weights: read in every step, never changed. */
  readonly variables: readonly tf.Variable[];
  /** Layers of the student whose maps are compared. */
  readonly layers: readonly string[];
  /** What the teacher makes of the pictures, in inference mode. */
  example(images: tf.Tensor): Example;
  /** The student's loss on its labels, together with how far the student is from the example. */
  guided(loss: tf.Scalar, student: Seen, example: Example): tf.Scalar;
  dispose(): void;
}

export interface Example {
  readonly logits: tf.Tensor2D;
  readonly attention: readonly tf.Tensor2D[];
}

/** @throws EspalierError BAD_RECIPE for layers that can not be compared. */
export function guidanceBy({ network, settings }: Teacher, student: NetworkData): Guidance {
  const layers = attentionPoints(settings, network, student);
  const loaded = loadNetwork(network);
  const view = viewOf(loaded, layers);
  return {
    variables: loaded.variables,
    layers,
    example(images) {
      const { outputs, maps } = view(images, false);
      return { logits: outputs[0] as tf.Tensor2D, attention: maps.map(attentionMap) };
    },
    guided(loss, { outputs, maps }, { logits, attention }) {
      const distilled = distillationLoss(loss, outputs[0] as tf.Tensor2D, logits, settings);
      if (settings.attention === undefined) return distilled;
      return tf.add(distilled, tf.mul(attentionLoss(maps.map(attentionMap), attention), settings.attention.weight)) as tf.Scalar;
    },
    dispose: () => loaded.model.dispose(),
  };
}
