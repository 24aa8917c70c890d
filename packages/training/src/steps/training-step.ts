import type { DistillationSettings, NetworkData, TrainingSettings } from '@espalier/core';
import type { Batch } from '@espalier/datasets';
import { compileOrEager, tf, type RunnableStep } from '@espalier/tensor';
import { crossEntropy, distillationLoss } from './loss.ts';
import { loadNetwork, logitsOf, type LoadedNetwork } from './model.ts';
import { descend, type LearntVariable } from './sgd.ts';

export interface TrainingStepOptions {
  readonly network: NetworkData;
  readonly settings: TrainingSettings;
  readonly batchSize: number;
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  readonly teacher: { readonly network: NetworkData; readonly settings: DistillationSettings } | null;
  /** Told why, should the step have to run operation by operation. */
  readonly warn: (text: string) => void;
}

export interface StepOutcome {
  /** Mean over the batch. */
  readonly loss: number;
  /** How many of the batch were classified rightly. */
  readonly correct: number;
}

interface Feeds {
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
  readonly learningRate: tf.Scalar;
}

/** One step of training or distillation as one call into TensorFlow: forward, backward, update of weights, moving statistics and momentum. */
export class TrainingStep {
  /** What `read` gives and `write` takes: weights in the network's order, then the momentum of each that is learnt. */
  readonly variableNames: readonly string[];
  readonly #compiled: RunnableStep<keyof Feeds, 'loss' | 'correct'>;
  readonly #teacherWeights: readonly Float32Array[];
  readonly #imageShape: readonly [number, number, number];
  readonly #disposables: readonly { dispose: () => void }[];

  constructor({ network, settings, batchSize, imageShape, teacher, warn }: TrainingStepOptions) {
    const student = loadNetwork(network);
    const guide = teacher === null ? null : { ...loadNetwork(teacher.network), settings: teacher.settings };
    const learnt = withMomentum(student);
    const velocities = learnt.map(({ velocity }) => velocity);
    const feeds = {
      images: tf.zeros([batchSize, ...imageShape]),
      labels: tf.zeros([batchSize], 'int32'),
      learningRate: tf.scalar(0),
    };
    this.variableNames = [...network.weights.map(({ name }) => name), ...learnt.map(({ name }) => `${name}/velocity`)];
    this.#imageShape = imageShape;
    this.#disposables = [student.model, ...(guide === null ? [] : [guide.model]), ...velocities];
    this.#teacherWeights = teacher === null ? [] : teacher.network.weights.map(({ values }) => values);
    this.#compiled = compileOrEager(
      (fed) => stepOn(fed as Feeds, student, guide, learnt, settings),
      { feeds, variables: [...student.variables, ...velocities, ...(guide?.variables ?? [])] },
      warn,
    );
    tf.dispose(feeds);
  }

  run({ images, labels }: Batch, learningRate: number): StepOutcome {
    const feeds = {
      images: tf.tensor4d(images, [labels.length, ...this.#imageShape]),
      labels: tf.tensor1d(labels, 'int32'),
      learningRate: tf.scalar(learningRate),
    };
    const outputs = this.#compiled.run(feeds);
    const outcome = { loss: outputs.loss.dataSync()[0]!, correct: outputs.correct.dataSync()[0]! };
    tf.dispose([feeds, outputs]);
    return outcome;
  }

  read(): Float32Array[] {
    return this.#compiled.read().slice(0, this.variableNames.length);
  }

  write(values: readonly Float32Array[]): void {
    this.#compiled.write([...values, ...this.#teacherWeights]);
  }

  dispose(): void {
    this.#compiled.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

interface NamedVariable extends LearntVariable {
  readonly name: string;
}

/** Weight decay is for kernels alone: it has no business with biases, nor with the γ and β of batch normalisation. */
const kernelName = /kernel$/;

function withMomentum({ network, model, variables }: LoadedNetwork): NamedVariable[] {
  const trainable = new Set(model.trainableWeights.map((weight) => weight.originalName));
  return network.weights.flatMap(({ name, shape }, index) =>
    trainable.has(name) ? [{ name, weight: variables[index]!, velocity: zeroVariable(shape), decays: kernelName.test(name) }] : [],
  );
}

/** `tidy` frees the tensor that the variable is made from, but no variable. */
const zeroVariable = (shape: readonly number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros([...shape]), false));

type Teacher = LoadedNetwork & { readonly settings: DistillationSettings };

function stepOn(
  { images, labels, learningRate }: Feeds,
  student: LoadedNetwork,
  teacher: Teacher | null,
  learnt: readonly LearntVariable[],
  settings: TrainingSettings,
): Record<'loss' | 'correct', tf.Tensor> {
  const teacherLogits = teacher === null ? null : logitsOf(teacher, images, false);
  const kept: tf.Tensor2D[] = [];
  const { value: loss, grads } = tf.variableGrads(
    () => {
      const logits = tf.keep(logitsOf(student, images, true));
      kept.push(logits);
      return teacher === null || teacherLogits === null
        ? crossEntropy(logits, labels)
        : distillationLoss(logits, teacherLogits, labels, teacher.settings);
    },
    learnt.map(({ weight }) => weight),
  );
  descend(learnt, grads, learningRate, settings);
  const [logits] = kept;
  const correct = tf.sum(tf.cast(tf.equal(tf.argMax(logits!, 1), labels), 'float32'));
  logits!.dispose();
  return { loss, correct };
}
