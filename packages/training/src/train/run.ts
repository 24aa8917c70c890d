import type { LoweredRate, NetworkData, Progress, Verdict } from '@espalier/core';
import type { CheckpointFolder } from '../checkpoint/folder.ts';
import type { BestNetwork, Checkpoint, EpochStart, NamedValues } from '../checkpoint/format.ts';
import { JobStopped, type JobContext } from '../context.ts';
import { withValues } from '../steps/model.ts';
import { learningRateAt } from '../schedule.ts';
import { bestAfter, isExhausted } from './best.ts';
import { hopeless, loweredFactor, notFinite, notFiniteIn } from './finite.ts';
import { Pace } from './pace.ts';
import { SaveTimer } from './save-timer.ts';
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
  readonly #saveTimer: SaveTimer;
  #stepsTaken = 0;
  #sinceMetric = emptyTally;
  #sinceEpoch = emptyTally;
  #lastEpoch: Checkpoint['lastEpoch'] = null;
  #epochStart: EpochStart;
  #best: BestNetwork | null = null;
  #lowered: LoweredRate | null = null;

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
    this.#saveTimer = new SaveTimer(training.checkpointEverySeconds, context.now);
    this.#epochStart = this.#standing(this.#variables());
  }

  restore({ sinceEpoch, epochStart, best, lowered, ...standing }: Checkpoint): void {
    this.#stand(standing);
    this.#sinceEpoch = sinceEpoch;
    this.#epochStart = epochStart ?? standing;
    this.#best = best;
    this.#lowered = lowered;
  }

  /**
   * Trains until the last epoch has ended, or the training gets no better and may stop for that.
   * @throws JobStopped after a checkpoint, when told to stop; EspalierError `LOSS_NOT_FINITE` when that happens a second time.
   */
  async toTheEnd(): Promise<Trained> {
    while (!this.#isOver) {
      const fault = this.#epochHasEnded ? await this.#finishEpoch() : await this.#takeStep();
      if (fault !== null) await this.#goBack(fault);
      await this.#context.breathe();
      if (this.#context.stopping) await this.#stop();
      if (this.#saveTimer.isDue) await this.#save();
    }
    if (this.#lastEpoch === null) throw new Error('a training has ended without an epoch');
    const last = { network: this.#network(this.#variables()), keptStep: this.#stepsTaken, validation: this.#lastEpoch.validation };
    const kept = this.#best === null ? last : this.#bestOf(this.#best);
    return {
      ...kept,
      trainingLoss: this.#lastEpoch.trainingLoss,
      steps: this.#stepsTaken,
      epochs: this.#stepsTaken / this.#task.batches.batchesPerEpoch,
      lowered: this.#lowered,
    };
  }

  get #isOver(): boolean {
    if (this.#epochHasEnded) return false;
    const { earlyStop } = this.#training.settings;
    return this.#stepsTaken >= this.#stepCount || (earlyStop !== null && isExhausted(this.#best, earlyStop));
  }

  get #epochHasEnded(): boolean {
    return this.#sinceEpoch.steps === this.#task.batches.batchesPerEpoch;
  }

  /** @returns what is not a number, if that is so. */
  async #takeStep(): Promise<string | null> {
    const startMs = this.#context.now();
    const learningRate = this.#learningRateOf(this.#stepsTaken);
    const batch = await this.#task.batches.next();
    const outcome = this.#task.step.run(batch, learningRate, this.#stepsTaken + 1);
    this.#stepsTaken++;
    this.#context.step = this.#stepsTaken;
    if (!Number.isFinite(outcome.loss)) return `the loss is ${outcome.loss}`;
    this.#sinceMetric = addStep(this.#sinceMetric, outcome, batch.count);
    this.#sinceEpoch = addStep(this.#sinceEpoch, outcome, batch.count);
    if (this.#sinceMetric.steps === stepsPerMetric) {
      this.#tell({ loss: meanLoss(this.#sinceMetric), ...this.#task.curvesOf(this.#sinceMetric), 'learning-rate': learningRate });
      this.#sinceMetric = emptyTally;
    }
    this.#pace.stepTook((this.#context.now() - startMs) / 1000);
    this.#context.progress('training', () => this.#progress());
    return null;
  }

  /** The rate in the middle of a step's stretch of the schedule, so that neither the first nor the last step has a rate of zero. */
  #learningRateOf(step: number): number {
    const scheduled = learningRateAt(this.#training.settings, (step + 0.5) / this.#task.batches.batchesPerEpoch);
    return this.#lowered === null ? scheduled : scheduled * this.#lowered.factor;
  }

  /** Points of the curves at the step that has been reached. */
  #tell(values: Readonly<Record<string, number>>): void {
    const step = this.#stepsTaken;
    this.#context.metrics(Object.entries(values).map(([name, value]) => ({ series: `${this.#training.series}/${name}`, step, value })));
  }

  /** @returns what is not a number, if that is so: a network that is no good must not be what a training goes back to. */
  async #finishEpoch(): Promise<string | null> {
    const variables = this.#variables();
    const spoilt = notFinite(variables);
    if (spoilt !== undefined) return `${spoilt} has values that are not finite`;
    const validation = await this.#validate(this.#network(variables));
    const unmeasurable = validation === null ? undefined : notFiniteIn(validation);
    if (unmeasurable !== undefined) return `the ${unmeasurable} on the validation split is not finite`;
    const judged = validation === null ? [] : Object.entries({ [validation.measure]: validation.value, ...validation.others });
    this.#tell({
      ...Object.fromEntries(judged.map(([name, value]) => [`validation-${name}`, value])),
      // Unless the epoch's last step has told it.
      ...(this.#sinceMetric.steps === 0 ? {} : { 'learning-rate': this.#learningRateOf(this.#stepsTaken - 1) }),
    });
    this.#lastEpoch = { trainingLoss: meanLoss(this.#sinceEpoch), validation };
    this.#sinceEpoch = emptyTally;
    this.#epochStart = this.#standing(variables);
    const { earlyStop } = this.#training.settings;
    if (earlyStop !== null && validation !== null) {
      const { weights } = this.#network(variables);
      this.#best = bestAfter(this.#best, { step: this.#stepsTaken, verdict: validation, weights }, earlyStop);
      if (isExhausted(this.#best, earlyStop)) this.#tellEarlyStop(this.#best);
    }
    if (this.#saveTimer.isAffordable || this.#isOver) await this.#save();
    return null;
  }

  #tellEarlyStop({ step, epochsSince, verdict: { measure, value } }: BestNetwork): void {
    const epochs = epochsSince === 1 ? 'the last epoch was' : `the last ${epochsSince} epochs were`;
    this.#context.info(`${epochs} no better: training stops, and the network of step ${step} is kept (${measure} ${value.toFixed(4)})`);
  }

  async #validate(network: NetworkData): Promise<Verdict | null> {
    const { validate } = this.#task;
    if (validate === null) return null;
    const startMs = this.#context.now();
    this.#context.progress('validating', () => this.#progress());
    const pass = validate(network);
    while (await pass.advance()) {
      this.#context.progress('validating', () => this.#progress());
      await this.#context.breathe();
      // The checkpoint has the whole epoch in it but not its end: going on from it validates first.
      if (this.#context.stopping) await this.#stop();
    }
    this.#pace.validationTook((this.#context.now() - startMs) / 1000);
    return pass.verdict();
  }

  /** Goes back to where the epoch began and on at a lower rate, once. @throws EspalierError `LOSS_NOT_FINITE` the second time. */
  async #goBack(fault: string): Promise<void> {
    const [atStep, { step: toStep }] = [this.#stepsTaken, this.#epochStart];
    if (this.#lowered !== null) throw hopeless(fault, atStep, this.#stepCount, this.#training.settings.learningRate, this.#lowered);
    this.#lowered = { atStep, toStep, factor: loweredFactor };
    this.#stand(this.#epochStart);
    this.#sinceEpoch = emptyTally;
    this.#context.warn(
      `${fault} at step ${atStep} of ${this.#stepCount}: training goes back to step ${toStep}, and on at ${loweredFactor} of the learning rate`,
    );
    await this.#save();
  }

  async #stop(): Promise<never> {
    await this.#save();
    throw new JobStopped();
  }

  async #save(): Promise<void> {
    await this.#saveTimer.saving(async () => {
      const standing = this.#standing(this.#variables());
      const isEpochStart = standing.step === this.#epochStart.step;
      const file = await this.#checkpoints.save({
        job: this.#training.identity,
        ...standing,
        sinceEpoch: this.#sinceEpoch,
        lowered: this.#lowered,
        epochStart: isEpochStart ? null : this.#epochStart,
        best: this.#best,
      });
      this.#context.checkpoint(file, standing.batches.epoch, standing.step);
      await this.#checkpoints.sweep();
    });
  }

  #standing(variables: readonly NamedValues[]): EpochStart {
    const { position: batches } = this.#task.batches;
    return { step: this.#stepsTaken, batches, sinceMetric: this.#sinceMetric, lastEpoch: this.#lastEpoch, variables };
  }

  #stand({ step, batches, sinceMetric, lastEpoch, variables }: EpochStart): void {
    this.#task.step.write(variables.map(({ values }) => values));
    this.#task.batches.seek(batches);
    this.#stepsTaken = step;
    this.#context.step = step;
    this.#sinceMetric = sinceMetric;
    this.#lastEpoch = lastEpoch;
  }

  #variables(): NamedValues[] {
    const values = this.#task.step.read();
    return this.#task.step.variableNames.map((name, index) => ({ name, values: values[index]! }));
  }

  #network(variables: readonly NamedValues[]): NetworkData {
    return withValues(this.#training.network, this.#task.step.keptWeights(variables.map(({ values }) => values)));
  }

  #bestOf({ step, verdict, weights }: BestNetwork): Pick<Trained, 'network' | 'keptStep' | 'validation'> {
    const values = weights.map((weight) => weight.values);
    return { network: withValues(this.#training.network, values), keptStep: step, validation: verdict };
  }

  #progress(): Omit<Progress, 'phase'> {
    const { epochs } = this.#training.settings;
    const { batchesPerEpoch, batchSize } = this.#task.batches;
    const stepsLeft = this.#stepCount - this.#stepsTaken;
    const validationsLeft = this.#task.validate === null ? 0 : Math.ceil(stepsLeft / batchesPerEpoch);
    return {
      epoch: Math.min(epochs, Math.ceil(this.#stepsTaken / batchesPerEpoch)),
      epochs,
      step: this.#stepsTaken,
      steps: this.#stepCount,
      imagesPerSecond: this.#pace.imagesPerSecond(batchSize),
      secondsLeft: this.#pace.secondsLeft(stepsLeft, validationsLeft),
    };
  }
}
