import type { DistillationSettings, NetworkData, TrainingSettings } from '@espalier/core';
import type { Batch } from '@espalier/datasets';
import { compileOrEager, runEagerly, tf, type RunnableStep } from '@espalier/tensor';
import { crossEntropy, distillationLoss } from './loss.ts';
import { attentionLoss, attentionMap, attentionPoints, tapsOf } from './attention.ts';
import { loadNetwork, logitsOf, type LoadedNetwork } from './model.ts';
import { descend, optimizerOf, type LearntVariable, type Optimizer } from './optimizer.ts';

export interface TrainingStepOptions {
  readonly network: NetworkData;
  readonly settings: TrainingSettings;
  readonly batchSize: number;
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  readonly teacher: { readonly network: NetworkData; readonly settings: DistillationSettings } | null;
  /** Told why, should the step have to run operation by operation. */
  readonly warn: (text: string) => void;
  /** Operation by operation, to compare with. */
  readonly eager?: boolean;
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
  /** Those of the optimizer and, with averaging, how far the average goes towards the weights. */
  readonly [scalar: string]: tf.Tensor;
}

/** One step of training or distillation as one call into TensorFlow: forward, backward, update of weights, moving statistics and slots. */
export class TrainingStep {
  /** What `read` gives and `write` takes: weights in the network's order, what the optimizer remembers of each that is learnt, then the averages. */
  readonly variableNames: readonly string[];
  readonly #compiled: RunnableStep<string, 'loss' | 'correct'>;
  readonly #teacherWeights: readonly Float32Array[];
  readonly #imageShape: readonly [number, number, number];
  readonly #optimizer: Optimizer;
  readonly #averaging: number | null;
  readonly #weightCount: number;
  readonly #disposables: readonly { dispose: () => void }[];

  constructor({ network, settings, batchSize, imageShape, teacher, warn, eager = false }: TrainingStepOptions) {
    const student = loadNetwork(network);
    const points = teacher === null ? [] : attentionPoints(teacher.settings, teacher.network, network);
    const guide = teacher === null ? null : { ...loadNetwork(teacher.network), settings: teacher.settings };
    this.#optimizer = optimizerOf(settings);
    this.#averaging = settings.averaging;
    this.#weightCount = network.weights.length;
    this.#imageShape = imageShape;
    const learnt = withSlots(student, this.#optimizer.slots);
    const slots = learnt.flatMap((variable) => variable.slots);
    const averages = settings.averaging === null ? [] : network.weights.map(({ shape, values }) => variableOf(shape, values));
    this.variableNames = [
      ...network.weights.map(({ name }) => name),
      ...learnt.flatMap(({ name }) => this.#optimizer.slots.map((slot) => `${name}/${slot}`)),
      ...averages.map((_, index) => `${network.weights[index]!.name}/average`),
    ];
    this.#disposables = [student.model, ...(guide === null ? [] : [guide.model]), ...slots, ...averages];
    this.#teacherWeights = teacher === null ? [] : teacher.network.weights.map(({ values }) => values);
    const feeds: Feeds = {
      images: tf.zeros([batchSize, ...imageShape]),
      labels: tf.zeros([batchSize], 'int32'),
      ...this.#scalars(0, 1),
    };
    const views = {
      student: viewOf(student, points),
      teacher: guide === null ? null : { ...viewOf(guide, points), settings: guide.settings },
    };
    const step = (fed: Record<string, tf.Tensor>) =>
      stepOn(fed as Feeds, { ...views, learnt, averages, optimizer: this.#optimizer, settings });
    const options = { feeds, variables: [...student.variables, ...slots, ...averages, ...(guide?.variables ?? [])] };
    this.#compiled = eager ? runEagerly(step, options) : compileOrEager(step, options, warn);
    tf.dispose(feeds);
  }

  /** @param step counted from 1. */
  run({ images, labels }: Batch, learningRate: number, step: number): StepOutcome {
    const feeds = {
      images: tf.tensor4d(images, [labels.length, ...this.#imageShape]),
      labels: tf.tensor1d(labels, 'int32'),
      ...this.#scalars(learningRate, step),
    };
    const outputs = this.#compiled.run(feeds);
    const outcome = { loss: outputs.loss.dataSync()[0]!, correct: outputs.correct.dataSync()[0]! };
    tf.dispose([feeds, outputs]);
    return outcome;
  }

  read(): Float32Array[] {
    return this.#compiled.read().slice(0, this.variableNames.length);
  }

  /** Of what `read` gives, the weights to keep: the averages where there are any. */
  keptWeights(values: readonly Float32Array[]): readonly Float32Array[] {
    return this.#averaging === null ? values.slice(0, this.#weightCount) : values.slice(-this.#weightCount);
  }

  write(values: readonly Float32Array[]): void {
    this.#compiled.write([...values, ...this.#teacherWeights]);
  }

  dispose(): void {
    this.#compiled.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #scalars(learningRate: number, step: number): Record<string, tf.Scalar> {
    const averageStep = this.#averaging === null ? {} : { averageStep: 1 - Math.min(this.#averaging, (1 + step) / (10 + step)) };
    const values = Object.entries({ ...this.#optimizer.scalars(learningRate, step), ...averageStep });
    return Object.fromEntries(values.map(([name, value]) => [name, tf.scalar(value)]));
  }
}

interface NamedVariable extends LearntVariable {
  readonly name: string;
}

/** Weight decay is for kernels alone: it has no business with biases, nor with the γ and β of batch normalisation. */
const kernelName = /kernel$/;

function withSlots({ network, model, variables }: LoadedNetwork, slots: readonly string[]): NamedVariable[] {
  const trainable = new Set(model.trainableWeights.map((weight) => weight.originalName));
  return network.weights.flatMap(({ name, shape }, index) =>
    trainable.has(name)
      ? [{ name, weight: variables[index]!, slots: slots.map(() => zeroVariable(shape)), decays: kernelName.test(name) }]
      : [],
  );
}

/** `tidy` frees the tensor that the variable is made from, but no variable. */
const zeroVariable = (shape: readonly number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros([...shape]), false));
/** With data of its own: a recorder takes tensors that share their data for one. */
const variableOf = (shape: readonly number[], values: Float32Array): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape]), false));

/** A network as a step sees it: pictures in, logits and the maps at the points of comparison out. */
interface View {
  readonly variables: readonly tf.Variable[];
  look(images: tf.Tensor, training: boolean): { readonly logits: tf.Tensor2D; readonly maps: readonly tf.Tensor[] };
}

function viewOf(loaded: LoadedNetwork, points: readonly string[]): View {
  const { variables } = loaded;
  if (points.length === 0) return { variables, look: (images, training) => ({ logits: logitsOf(loaded, images, training), maps: [] }) };
  const tapped = tapsOf(loaded, points);
  return {
    variables,
    look: (images, training) => {
      const [logits, ...maps] = tapped.apply(images, { training }) as tf.Tensor[];
      return { logits: logits as tf.Tensor2D, maps };
    },
  };
}

interface StepParts {
  readonly student: View;
  readonly teacher: (View & { readonly settings: DistillationSettings }) | null;
  readonly learnt: readonly LearntVariable[];
  /** One for each weight of the student, or none. */
  readonly averages: readonly tf.Variable[];
  readonly optimizer: Optimizer;
  readonly settings: TrainingSettings;
}

function stepOn(
  { images, labels, ...scalars }: Feeds,
  { student, teacher, learnt, averages, optimizer, settings }: StepParts,
): Record<'loss' | 'correct', tf.Tensor> {
  const { labelSmoothing, clipNorm } = settings;
  const example = teacher?.look(images, false);
  const exampleMaps = example?.maps.map(attentionMap);
  const kept: tf.Tensor2D[] = [];
  const { value: loss, grads } = tf.variableGrads(
    () => {
      const { logits, maps } = student.look(images, true);
      kept.push(tf.keep(logits));
      if (teacher === null || example === undefined) return crossEntropy(logits, labels, labelSmoothing);
      const distilled = distillationLoss(logits, example.logits, labels, teacher.settings, labelSmoothing);
      const { attention } = teacher.settings;
      if (attention === undefined) return distilled;
      return tf.add(distilled, tf.mul(attentionLoss(maps.map(attentionMap), exampleMaps!), attention.weight)) as tf.Scalar;
    },
    learnt.map(({ weight }) => weight),
  );
  descend(optimizer, learnt, grads, scalars, clipNorm);
  follow(averages, student.variables, scalars['averageStep']);
  const [logits] = kept;
  const correct = tf.sum(tf.cast(tf.equal(tf.argMax(logits!, 1), labels), 'float32'));
  logits!.dispose();
  return { loss, correct };
}

/** a ← a + s·(w − a) for every average a of a weight w. */
function follow(averages: readonly tf.Variable[], weights: readonly tf.Variable[], step: tf.Tensor | undefined): void {
  if (step === undefined) return;
  tf.tidy(() => averages.forEach((average, index) => average.assign(tf.add(average, tf.mul(tf.sub(weights[index]!, average), step)))));
}
