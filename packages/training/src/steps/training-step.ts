import { createGenerator, type NetworkData, type TrainingSettings } from '@espalier/core';
import { compileOrEager, runEagerly, tf, withRandomKey, type RunnableStep } from '@espalier/tensor';
import { comparisonOf, exampleShapes } from './example.ts';
import { Guidance, openTeacher, type LookingTeacher, type Teacher } from './guidance.ts';
import { learnableWeights, variableWith, withSlots } from './learnt.ts';
import { loadNetwork } from './model.ts';
import type { Objective, Pictures, TargetShape } from './objective.ts';
import { descend, optimizerOf, type LearntVariable, type Optimizer } from './optimizer.ts';
import type { TeacherMemory } from './teacher-memory.ts';
import { viewOf, type View } from './view.ts';

export interface TrainingStepOptions<Batch extends Pictures> {
  readonly network: NetworkData;
  readonly objective: Objective<Batch>;
  readonly settings: TrainingSettings;
  readonly batchSize: number;
  /** Decides what is drawn: the numbers of a dropout, which are a function of it and of the step's count, and how regressors of hints begin. */
  readonly seed: number;
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  /** Compared with the network's first output and its maps; what `objective` asks for counts beside it. */
  readonly teacher: Teacher | null;
  /** Told why, should the step have to run operation by operation. */
  readonly warn: (text: string) => void;
  /** Operation by operation, to compare with. */
  readonly eager?: boolean;
}

export interface StepOutcome {
  /** Mean over the batch, with what a teacher adds. */
  readonly loss: number;
  /** Those of the objective. */
  readonly measures: Readonly<Record<string, number>>;
}

/** One step of training or distillation as one call into TensorFlow: forward, backward, update of weights, moving statistics and slots. */
export class TrainingStep<Batch extends Pictures> {
  /**
   * What `read` gives and `write` takes: weights in the network's order, what is learnt beside them for a teacher's sake, what the optimizer remembers of
   * each that is learnt, then the averages.
   */
  readonly variableNames: readonly string[];
  readonly #compiled: RunnableStep<string, string>;
  readonly #objective: Objective<Batch>;
  readonly #targetShapes: Readonly<Record<string, TargetShape>>;
  readonly #teacherWeights: readonly Float32Array[];
  readonly #imagesShape: [number, number, number, number];
  readonly #optimizer: Optimizer;
  readonly #averaging: number | null;
  readonly #weightCount: number;
  readonly #seed: number;
  readonly #memory: TeacherMemory | null;
  readonly #disposables: readonly { dispose: () => void }[];

  constructor({ network, objective, settings, batchSize, seed, imageShape, teacher, warn, eager = false }: TrainingStepOptions<Batch>) {
    const comparison = teacher === null ? null : comparisonOf(teacher, network);
    this.#memory = teacher?.memory ?? null;
    const student = loadNetwork(network);
    const guidance = teacher === null ? null : new Guidance(teacher.settings, comparison!, seed);
    const looking = teacher === null || this.#memory !== null ? null : openTeacher(teacher, comparison!);
    this.#objective = objective;
    this.#targetShapes = {
      ...objective.targetShapes(batchSize),
      ...(this.#memory === null ? {} : exampleShapes(comparison!, batchSize)),
    };
    this.#seed = seed;
    this.#optimizer = optimizerOf(settings);
    this.#averaging = settings.averaging;
    this.#weightCount = network.weights.length;
    this.#imagesShape = [batchSize, ...imageShape];
    const beside = guidance?.learnable ?? [];
    const learnt = withSlots([...learnableWeights(student), ...beside], this.#optimizer.slots);
    const slots = learnt.flatMap((variable) => variable.slots);
    const averages = settings.averaging === null ? [] : network.weights.map(({ shape, values }) => variableWith(shape, values));
    this.variableNames = [
      ...network.weights.map(({ name }) => name),
      ...beside.map(({ name }) => name),
      ...learnt.flatMap(({ name }) => this.#optimizer.slots.map((slot) => `${name}/${slot}`)),
      ...averages.map((_, index) => `${network.weights[index]!.name}/average`),
    ];
    this.#disposables = [student.model, guidance, looking, ...slots, ...averages].filter((given) => given !== null);
    this.#teacherWeights = looking === null ? [] : teacher!.network.weights.map(({ values }) => values);
    const feeds = {
      images: tf.zeros(this.#imagesShape),
      ...mapValues(this.#targetShapes, ({ shape, dtype }) => tf.zeros([...shape], dtype)),
      ...this.#scalars(0, 1),
      randomKey: this.#randomKey(1),
    };
    const view = viewOf(student, guidance?.layers ?? []);
    const { variables } = student;
    const parts = {
      view,
      variables,
      guidance,
      looking,
      objective,
      learnt,
      averages,
      optimizer: this.#optimizer,
      settings,
    };
    const step = (fed: Record<string, tf.Tensor>) => stepOn(fed as Feeds, parts);
    const state = [...variables, ...beside.map(({ weight }) => weight), ...slots, ...averages, ...(looking?.variables ?? [])];
    this.#compiled = eager ? runEagerly(step, { feeds, variables: state }) : compileOrEager(step, { feeds, variables: state }, warn);
    tf.dispose(feeds);
  }

  /** @param step counted from 1. */
  run(batch: Batch, learningRate: number, step: number): StepOutcome {
    const targets = { ...this.#objective.targetsOf(batch), ...this.#memory?.recall(batch) };
    const feeds = {
      images: tf.tensor4d(batch.images, this.#imagesShape),
      ...mapValues(this.#targetShapes, ({ shape, dtype }, name) => tf.tensor(targets[name]!, [...shape], dtype)),
      ...this.#scalars(learningRate, step),
      randomKey: this.#randomKey(step),
    };
    const outputs = this.#compiled.run(feeds);
    const { loss, ...measures } = mapValues(outputs, (output) => output.dataSync()[0]!);
    tf.dispose([feeds, outputs]);
    return { loss: loss!, measures };
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

  #randomKey(step: number): tf.Tensor1D {
    const generator = createGenerator(this.#seed, 'dropout', step);
    return tf.tensor1d([generator.uint32() | 0, generator.uint32() | 0], 'int32');
  }

  #scalars(learningRate: number, step: number): Record<string, tf.Scalar> {
    const ofOptimizer = this.#optimizer.scalars(learningRate, step);
    const values =
      this.#averaging === null ? ofOptimizer : { ...ofOptimizer, averageStep: 1 - Math.min(this.#averaging, (1 + step) / (10 + step)) };
    return mapValues(values, (value) => tf.scalar(value));
  }
}

const mapValues = <Value, Made>(
  values: Readonly<Record<string, Value>>,
  make: (value: Value, name: string) => Made,
): Record<string, Made> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value, name)]));

interface Feeds {
  readonly images: tf.Tensor4D;
  readonly randomKey: tf.Tensor1D;
  /** Targets, scalars of the optimizer and, with averaging, how far the average goes towards the weights. */
  readonly [name: string]: tf.Tensor;
}

interface StepParts {
  readonly view: View;
  readonly guidance: Guidance | null;
  /** Null without a teacher, and where its examples are fed. */
  readonly looking: LookingTeacher | null;
  readonly objective: Pick<Objective<never>, 'judge'>;
  readonly variables: readonly tf.Variable[];
  readonly learnt: readonly LearntVariable[];
  /** One for each of `variables`, or none. */
  readonly averages: readonly tf.Variable[];
  readonly optimizer: Optimizer;
  readonly settings: Pick<TrainingSettings, 'clipNorm' | 'sparsity'>;
}

function stepOn(
  { images, randomKey, ...fed }: Feeds,
  { view, guidance, looking, objective, variables, learnt, averages, optimizer, settings }: StepParts,
): Record<string, tf.Tensor> {
  const example = looking?.look(images) ?? fed;
  const results: Record<string, tf.Tensor> = {};
  const { value: loss, grads } = tf.variableGrads(
    () => {
      const seen = withRandomKey(randomKey, () => view(images, true));
      const { loss, measures } = objective.judge(seen.outputs, fed);
      for (const [name, measure] of Object.entries(measures)) results[name] = tf.keep(measure);
      return guidance === null ? loss : guidance.guided(loss, seen, example);
    },
    learnt.map(({ weight }) => weight),
  );
  descend(optimizer, learnt, grads, fed, settings);
  follow(averages, variables, fed['averageStep']);
  return { ...results, loss };
}

/** a ← a + s·(w − a) for every average a of a weight w. */
function follow(averages: readonly tf.Variable[], weights: readonly tf.Variable[], step: tf.Tensor | undefined): void {
  if (step === undefined) return;
  tf.tidy(() => averages.forEach((average, index) => average.assign(tf.add(average, tf.mul(tf.sub(weights[index]!, average), step)))));
}
