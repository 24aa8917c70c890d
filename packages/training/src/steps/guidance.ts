import type { DistillationSettings, NetworkData } from '@espalier/core';
import { tf } from '@espalier/tensor';
import { attentionLoss, attentionMap } from './attention.ts';
import { attentionName, hintName, logitsName, type Comparison, type Example } from './example.ts';
import { Hints } from './hints.ts';
import type { Learnable } from './learnt.ts';
import { distillationLoss } from './loss.ts';
import { loadNetwork } from './model.ts';
import type { Targets } from './objective.ts';
import type { TeacherMemory } from './teacher-memory.ts';
import { viewOf, type Seen } from './view.ts';

export interface Teacher {
  readonly network: NetworkData;
  readonly settings: DistillationSettings;
  /** What it made of the pictures, where they are shown unchanged: it then need not look at them again in every step. */
  readonly memory?: TeacherMemory | null;
}

/** A teacher that looks at pictures. */
export interface LookingTeacher {
  /** Its weights, which are never changed. */
  readonly variables: readonly tf.Variable[];
  look(images: tf.Tensor): Example;
  dispose(): void;
}

export function openTeacher({ network }: Teacher, { attention, hints }: Comparison): LookingTeacher {
  const { model, variables } = loadNetwork(network);
  const view = viewOf(
    { network, model, variables },
    [...attention, ...hints].map(({ teacher }) => teacher),
  );
  return {
    variables,
    look(images) {
      const { outputs, maps } = view(images, false);
      return {
        [logitsName]: outputs[0]!,
        ...Object.fromEntries(attention.map(({ teacher }, index) => [attentionName(index), attentionMap(maps.get(teacher)!)])),
        ...Object.fromEntries(hints.map(({ teacher }, index) => [hintName(index), maps.get(teacher)!])),
      };
    },
    dispose: () => model.dispose(),
  };
}

/** What a teacher adds to what a student learns. */
export class Guidance {
  readonly #settings: DistillationSettings;
  readonly #comparison: Comparison;
  readonly #hints: Hints;

  /** @param seed decides how what hints need besides the networks begins. */
  constructor(settings: DistillationSettings, comparison: Comparison, seed: number) {
    this.#settings = settings;
    this.#comparison = comparison;
    this.#hints = new Hints(comparison.hints, seed);
  }

  /** What is learnt with the student and is no part of it. */
  get learnable(): readonly Learnable[] {
    return this.#hints.learnable;
  }

  /** Layers of the student whose maps are compared. */
  get layers(): string[] {
    return [...this.#comparison.attention, ...this.#comparison.hints].map(({ student }) => student);
  }

  /** The student's loss on its labels, together with how far the student is from the example. */
  guided(hard: tf.Scalar, { outputs, maps }: Seen, example: Targets): tf.Scalar {
    const { attention, hints } = this.#settings;
    let loss = distillationLoss(hard, outputs[0] as tf.Tensor2D, example[logitsName] as tf.Tensor2D, this.#settings);
    if (attention !== undefined) {
      const points = this.#comparison.attention;
      const ours = points.map(({ student }) => attentionMap(maps.get(student)!));
      const theirs = points.map((_, index) => example[attentionName(index)] as tf.Tensor2D);
      loss = tf.add(loss, tf.mul(attentionLoss(ours, theirs), attention.weight));
    }
    if (hints !== undefined) {
      const theirs = this.#comparison.hints.map((_, index) => example[hintName(index)]!);
      loss = tf.add(loss, tf.mul(this.#hints.loss(maps, theirs), hints.weight));
    }
    return loss;
  }

  dispose(): void {
    this.#hints.dispose();
  }
}
