import { EspalierError, type NetworkData, type Progress, type Verdict } from '@espalier/core';
import type { CheckpointFolder } from '../checkpoint/folder.ts';
import type { Checkpoint } from '../checkpoint/format.ts';
import { JobStopped, type JobContext } from '../context.ts';
import { withValues } from '../steps/model.ts';
import { learningRateAt } from '../schedule.ts';
import { Pace } from './pace.ts';
import { addStep, emptyTally, meanLoss } from './tally.ts';
import type { TrainingTask } from './task.ts';
import type { Trained, Training } from './training.ts';

const stepsPerMetric = 10;

/** A training between two steps: what it has done, and how it goes on. Everything that a checkpoint holds is here or in its task. */
export class TrainingRun<Batch extends { readonly count: number }> {
  readonly #training: Training;
  readonly #context: JobContext;
  readonly #task: TrainingTask<Batch>;
  readonly #checkpoints: CheckpointFolder;
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
    { task, checkpoints }: { readonly task: TrainingTask<Batch>; readonly checkpoints: CheckpointFolder },
  ) {
    this.#training = training;
    this.#context = context;
    this.#task = task;
    this.#checkpoints = checkpoints;
    this.#stepCount = training.settings.epochs * task.batches.batchesPerEpoch;
    this.#savedAtMs = context.now();
  }

  restore({ step, batches, sinceMetric, sinceEpoch, lastEpoch, variables }: Checkpoint): void {
    this.#task.step.write(variables.map(({ values }) => values));
    this.#task.batches.seek(batches);
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
    return this.#sinceEpoch.steps === this.#task.batches.batchesPerEpoch;
  }

  async #takeStep(): Promise<void> {
    const { settings } = this.#training;
    const startMs = this.#context.now();
    const learningRate = this.#learningRateOf(this.#stepsTaken);
    const batch = await this.#task.batches.next();
    const outcome = this.#task.step.run(batch, learningRate, this.#stepsTaken + 1);
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
      this.#tell({ loss: meanLoss(this.#sinceMetric), ...this.#task.curvesOf(this.#sinceMetric) });
      this.#sinceMetric = emptyTally;
    }
    this.#pace.stepTook((this.#context.now() - startMs) / 1000);
    this.#context.progress('training', () => this.#progress());
  }

  /** The rate in the middle of a step's stretch of the schedule, so that neither the first nor the last step has a rate of zero. */
  #learningRateOf(step: number): number {
    return learningRateAt(this.#training.settings, (step + 0.5) / this.#task.batches.batchesPerEpoch);
  }

  /** Points of the curves at the step that has been reached. */
  #tell(values: Readonly<Record<string, number>>): void {
    const step = this.#stepsTaken;
    this.#context.metrics(Object.entries(values).map(([name, value]) => ({ series: `${this.#training.series}/${name}`, step, value })));
  }

  async #finishEpoch(): Promise<void> {
    const validation = await this.#validate();
    const judged = validation === null ? [] : Object.entries({ [validation.measure]: validation.value, ...validation.others });
    this.#tell({
      ...Object.fromEntries(judged.map(([name, value]) => [`validation-${name}`, value])),
      'learning-rate': this.#learningRateOf(this.#stepsTaken - 1),
    });
    this.#lastEpoch = { trainingLoss: meanLoss(this.#sinceEpoch), validation };
    this.#sinceEpoch = emptyTally;
    await this.#save();
  }

  async #validate(): Promise<Verdict | null> {
    const { validate } = this.#task;
    if (validate === null) return null;
    const startMs = this.#context.now();
    this.#context.progress('validating', () => this.#progress());
    const pass = validate(this.#network());
    while (await pass.advance()) {
      this.#context.progress('validating', () => this.#progress());
      await this.#context.breathe();
      // The checkpoint has the whole epoch in it but not its end: going on from it validates first.
      if (this.#context.stopping) await this.#stop();
    }
    this.#pace.validationTook((this.#context.now() - startMs) / 1000);
    return pass.verdict();
  }

  async #stop(): Promise<never> {
    await this.#save();
    throw new JobStopped();
  }

  async #save(): Promise<void> {
    const values = this.#task.step.read();
    const file = await this.#checkpoints.save({
      job: this.#training.identity,
      step: this.#stepsTaken,
      batches: this.#task.batches.position,
      sinceMetric: this.#sinceMetric,
      sinceEpoch: this.#sinceEpoch,
      lastEpoch: this.#lastEpoch,
      variables: this.#task.step.variableNames.map((name, index) => ({ name, values: values[index]! })),
    });
    this.#context.checkpoint(file, this.#task.batches.position.epoch, this.#stepsTaken);
    await this.#checkpoints.sweep();
    this.#savedAtMs = this.#context.now();
  }

  #network(): NetworkData {
    return withValues(this.#training.network, this.#task.step.keptWeights(this.#task.step.read()));
  }

  #progress(): Omit<Progress, 'phase'> {
    const { epochs } = this.#training.settings;
    const stepsLeft = this.#stepCount - this.#stepsTaken;
    const validationsLeft = this.#task.validate === null ? 0 : Math.ceil(stepsLeft / this.#task.batches.batchesPerEpoch);
    return {
      epoch: Math.min(epochs, Math.ceil(this.#stepsTaken / this.#task.batches.batchesPerEpoch)),
      epochs,
      step: this.#stepsTaken,
      steps: this.#stepCount,
      imagesPerSecond: this.#pace.imagesPerSecond(this.#task.batches.batchSize),
      secondsLeft: this.#pace.secondsLeft(stepsLeft, validationsLeft),
    };
  }
}
