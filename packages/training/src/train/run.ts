import { createGenerator, EspalierError, type NetworkData, type Progress } from '@espalier/core';
import { BatchStream } from '@espalier/datasets';
import type { CheckpointFolder } from '../checkpoint/folder.ts';
import type { Checkpoint } from '../checkpoint/format.ts';
import { JobStopped, type JobContext } from '../context.ts';
import { Evaluation } from '../measure/evaluate.ts';
import type { LabelledBatch } from '../steps/classification.ts';
import type { ForwardPass } from '../steps/forward-pass.ts';
import { withValues } from '../steps/model.ts';
import type { TrainingStep } from '../steps/training-step.ts';
import { learningRateAt } from '../schedule.ts';
import { Pace } from './pace.ts';
import { accuracyOf, addStep, emptyTally, meanLoss } from './tally.ts';
import type { Trained, Training } from './training.ts';

const stepsPerMetric = 10;

/** A training between two steps: what it has done, and how it goes on. Everything that a checkpoint holds is here or in the compiled step. */
export class TrainingRun {
  readonly #training: Training;
  readonly #context: JobContext;
  readonly #step: TrainingStep<LabelledBatch>;
  readonly #forward: ForwardPass | null;
  readonly #checkpoints: CheckpointFolder;
  readonly #batches: BatchStream;
  readonly #stepCount: number;
  readonly #pace = new Pace();
  #stepsTaken = 0;
  #sinceMetric = emptyTally;
  #sinceEpoch = emptyTally;
  #lastEpoch: Checkpoint['lastEpoch'] = null;
  #savedAtMs: number;

  constructor(
    training: Training,
    context: JobContext,
    { step, forward, checkpoints }: { step: TrainingStep<LabelledBatch>; forward: ForwardPass | null; checkpoints: CheckpointFolder },
  ) {
    const { dataset, settings, seed } = training;
    this.#training = training;
    this.#context = context;
    this.#step = step;
    this.#forward = forward;
    this.#checkpoints = checkpoints;
    this.#batches = new BatchStream(dataset, dataset.splits.training, {
      batchSize: settings.batchSize,
      shuffle: createGenerator(seed, 'shuffle'),
      augment: createGenerator(seed, 'augment'),
      augmentation: settings.augmentation,
    });
    this.#stepCount = settings.epochs * this.#batches.batchesPerEpoch;
    this.#savedAtMs = context.now();
  }

  restore({ step, batches, sinceMetric, sinceEpoch, lastEpoch, variables }: Checkpoint): void {
    this.#step.write(variables.map(({ values }) => values));
    this.#batches.seek(batches);
    this.#stepsTaken = step;
    this.#sinceMetric = sinceMetric;
    this.#sinceEpoch = sinceEpoch;
    this.#lastEpoch = lastEpoch;
  }

  /**
   * Trains until the last epoch has ended.
   * @throws JobStopped after a checkpoint, when told to stop; EspalierError `LOSS_NOT_FINITE`.
   */
  async toTheEnd(): Promise<Trained> {
    while (this.#epochHasEnded || this.#stepsTaken < this.#stepCount) {
      if (this.#epochHasEnded) await this.#finishEpoch();
      else await this.#takeStep();
      await this.#context.breathe();
      if (this.#context.stopping) await this.#stop();
      if (this.#context.now() - this.#savedAtMs >= 1000 * this.#training.checkpointEverySeconds) await this.#save();
    }
    if (this.#lastEpoch === null) throw new Error('a training has ended without an epoch');
    return { ...this.#lastEpoch, network: this.#network(), steps: this.#stepsTaken };
  }

  get #epochHasEnded(): boolean {
    return this.#sinceEpoch.steps === this.#batches.batchesPerEpoch;
  }

  async #takeStep(): Promise<void> {
    const { settings, series } = this.#training;
    const startMs = this.#context.now();
    const learningRate = this.#learningRateOf(this.#stepsTaken);
    const batch = await this.#batches.next();
    const outcome = this.#step.run(batch, learningRate, this.#stepsTaken + 1);
    this.#stepsTaken++;
    this.#context.step = this.#stepsTaken;
    if (!Number.isFinite(outcome.loss)) {
      throw new EspalierError('LOSS_NOT_FINITE', `the loss is ${outcome.loss} at step ${this.#stepsTaken} of ${this.#stepCount}`, {
        hint: `Lower the learning rate (its peak is ${settings.learningRate}), or let it climb more slowly with a longer warm-up.`,
        path: ['training', 'learningRate'],
      });
    }
    this.#sinceMetric = addStep(this.#sinceMetric, outcome, batch.count);
    this.#sinceEpoch = addStep(this.#sinceEpoch, outcome, batch.count);
    if (this.#sinceMetric.steps === stepsPerMetric) {
      this.#context.metrics([
        { series: `${series}/loss`, step: this.#stepsTaken, value: meanLoss(this.#sinceMetric) },
        { series: `${series}/accuracy`, step: this.#stepsTaken, value: accuracyOf(this.#sinceMetric) },
      ]);
      this.#sinceMetric = emptyTally;
    }
    this.#pace.stepTook((this.#context.now() - startMs) / 1000);
    this.#context.progress('training', () => this.#progress());
  }

  /** The rate in the middle of a step's stretch of the schedule, so that neither the first nor the last step has a rate of zero. */
  #learningRateOf(step: number): number {
    return learningRateAt(this.#training.settings, (step + 0.5) / this.#batches.batchesPerEpoch);
  }

  async #finishEpoch(): Promise<void> {
    const { series } = this.#training;
    const validationAccuracy = await this.#validate();
    const step = this.#stepsTaken;
    this.#context.metrics([
      ...(validationAccuracy === null ? [] : [{ series: `${series}/validation-accuracy`, step, value: validationAccuracy }]),
      { series: `${series}/learning-rate`, step, value: this.#learningRateOf(step - 1) },
    ]);
    this.#lastEpoch = { trainingLoss: meanLoss(this.#sinceEpoch), validationAccuracy };
    this.#sinceEpoch = emptyTally;
    await this.#save();
  }

  async #validate(): Promise<number | null> {
    if (this.#forward === null) return null;
    const { dataset } = this.#training;
    const startMs = this.#context.now();
    this.#context.progress('validating', () => this.#progress());
    this.#forward.write(this.#network().weights.map(({ values }) => values));
    const evaluation = new Evaluation(this.#forward, dataset, dataset.splits.validation);
    while (await evaluation.advance()) {
      this.#context.progress('validating', () => this.#progress());
      await this.#context.breathe();
      // The checkpoint has the whole epoch in it but not its end: going on from it validates first.
      if (this.#context.stopping) await this.#stop();
    }
    const { accuracy } = evaluation.score();
    this.#pace.validationTook((this.#context.now() - startMs) / 1000);
    return accuracy;
  }

  async #stop(): Promise<never> {
    await this.#save();
    throw new JobStopped();
  }

  async #save(): Promise<void> {
    const values = this.#step.read();
    const file = await this.#checkpoints.save({
      job: this.#training.identity,
      step: this.#stepsTaken,
      batches: this.#batches.position,
      sinceMetric: this.#sinceMetric,
      sinceEpoch: this.#sinceEpoch,
      lastEpoch: this.#lastEpoch,
      variables: this.#step.variableNames.map((name, index) => ({ name, values: values[index]! })),
    });
    this.#context.checkpoint(file, this.#batches.position.epoch, this.#stepsTaken);
    await this.#checkpoints.sweep();
    this.#savedAtMs = this.#context.now();
  }

  #network(): NetworkData {
    return withValues(this.#training.network, this.#step.keptWeights(this.#step.read()));
  }

  #progress(): Omit<Progress, 'phase'> {
    const { epochs } = this.#training.settings;
    const stepsLeft = this.#stepCount - this.#stepsTaken;
    const validationsLeft = this.#forward === null ? 0 : Math.ceil(stepsLeft / this.#batches.batchesPerEpoch);
    return {
      epoch: Math.min(epochs, Math.ceil(this.#stepsTaken / this.#batches.batchesPerEpoch)),
      epochs,
      step: this.#stepsTaken,
      steps: this.#stepCount,
      imagesPerSecond: this.#pace.imagesPerSecond(this.#batches.batchSize),
      secondsLeft: this.#pace.secondsLeft(stepsLeft, validationsLeft),
    };
  }
}
