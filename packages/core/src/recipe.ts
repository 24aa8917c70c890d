import { z } from 'zod';
import { AugmentationSchema, SceneAugmentationSchema } from './augmentation.ts';

/**
 * A recipe says all that a run does and nothing of where it runs. The same recipe with the same inputs gives the same bytes on the same
 * kind of device. Every default is written out when a recipe is parsed, so a stored recipe never changes its meaning with a release.
 */

const positiveInteger = z.number().int().positive();
const ratio = z.number().min(0).lt(1);

/** Epochs over which the rate climbs linearly from zero; may be a fraction. */
const warmupEpochs = z.number().min(0).default(0);
const decayFactor = z.number().gt(0).lt(1).default(0.1);

export const ScheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant'), warmupEpochs }),
  z.strictObject({ name: z.literal('cosine'), warmupEpochs }),
  /** The rate is multiplied by `factor` at each milestone. */
  z.strictObject({ name: z.literal('multistep'), milestones: z.array(positiveInteger).min(1), factor: decayFactor, warmupEpochs }),
  /** The rate is multiplied by `factor` every so many epochs. */
  z.strictObject({ name: z.literal('step'), everyEpochs: positiveInteger, factor: decayFactor, warmupEpochs }),
  z.strictObject({
    name: z.literal('one-cycle'),
    /** The share of the training after which the peak is reached. */
    peakAt: z.number().gt(0).lt(1).default(0.3),
    /** The first rate is the peak divided by this, the last one the first divided by `endDivisor`. */
    startDivisor: z.number().min(1).default(25),
    endDivisor: z.number().min(1).default(1e4),
  }),
]);

export const OptimizerSchema = z.discriminatedUnion('name', [
  /** Stochastic gradient descent with the `momentum` and `nesterov` of the settings. */
  z.strictObject({ name: z.literal('sgd') }),
  /** `adam` adds the weight decay to the gradient, `adamw` takes it off the weight (Loshchilov and Hutter 2019). */
  z.strictObject({
    name: z.enum(['adam', 'adamw']),
    /** Decay of the mean of gradients and of the mean of their squares. */
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
  }),
]);

/** A training that gets no better ends. What is kept then, and whenever this is asked for, is the network of the best epoch, not of the last. */
export const EarlyStopSchema = z.strictObject({
  /** So many epochs in a row without an improvement end it. */
  patience: positiveInteger.max(10_000).default(10),
  /** What counts as an improvement: more than this above the best so far, in the measure that the network is judged by on the validation split. */
  minimumImprovement: z.number().min(0).default(0),
});
export type EarlyStop = z.infer<typeof EarlyStopSchema>;

const trainingSettings = z.strictObject({
  epochs: positiveInteger,
  batchSize: positiveInteger.max(4096).default(128),
  /** The peak learning rate; the schedule scales it. */
  learningRate: z.number().positive(),
  optimizer: OptimizerSchema.default({ name: 'sgd' }),
  momentum: z.number().min(0).lt(1).default(0.9),
  nesterov: z.boolean().default(false),
  /** L2 penalty on kernels, added to the gradient (as the papers' SGD does) unless the optimizer says otherwise, never on biases or batch normalisation. */
  weightDecay: z.number().min(0).default(5e-4),
  schedule: ScheduleSchema.default({ name: 'cosine', warmupEpochs: 0 }),
  augmentation: AugmentationSchema.default({ padCrop: 0, horizontalFlip: false }),
  /** In its place for detection; left out: all of it, as SSD's paper has it. */
  sceneAugmentation: SceneAugmentationSchema.optional(),
  /** Share of the training split held out, by a fixed rule, to choose by; never part of the test split. */
  validationRatio: ratio.default(0.1),
  /** The share of certainty that is spread evenly over all classes (Szegedy et al. 2016). */
  labelSmoothing: ratio.default(0),
  /** Gradients are scaled down to this norm over all of them together, where they are longer; null leaves them. */
  clipNorm: z.number().positive().nullable().default(null),
  /**
   * The decay of an exponential moving average of the weights, which then is what is validated and kept; null keeps the weights themselves. It is
   * smaller at the beginning, (1 + t) / (10 + t) at step t, so that the first steps do not count for ever.
   */
  averaging: z.number().gt(0).lt(1).nullable().default(null),
  /**
   * An L1 penalty on the γ of normalisations, weight·Σ|γ|, which draws those of needless channels to zero: what slimming prunes by (Liu et al. 2017). It is
   * followed and not shown in the loss; null has none.
   */
  sparsity: z.strictObject({ weight: z.number().positive() }).nullable().default(null),
  earlyStop: EarlyStopSchema.nullable().default(null),
});
export const TrainingSettingsSchema = trainingSettings.refine(
  ({ earlyStop, validationRatio }) => earlyStop === null || validationRatio > 0,
  {
    path: ['earlyStop'],
    message: 'needs a validationRatio above 0: the best epoch is chosen on what is held out',
  },
);
export type TrainingSettings = z.infer<typeof TrainingSettingsSchema>;

const layerName = z.string().min(1);
/** Where the maps of the two networks are compared: a layer of that name in both, or one of each. Their maps must have the same height and width. */
export const ComparedLayersSchema = z.array(z.union([layerName, z.strictObject({ student: layerName, teacher: layerName })])).min(1);
export type ComparedLayers = z.infer<typeof ComparedLayersSchema>;

/** Attention transfer (Zagoruyko and Komodakis 2017): the student's maps of where it looks are to be the teacher's. */
export const AttentionTransferSchema = z.strictObject({
  /** β: what the mean squared difference of the maps weighs. */
  weight: z.number().positive().default(1),
  /** Left out: the last layer at each of the last three sizes. */
  layers: ComparedLayersSchema.optional(),
});

/** Feature hints (Romero et al. 2015, FitNets): the student's maps are to be the teacher's, through a learnt 1 × 1 convolution where their widths differ. */
export const FeatureHintsSchema = z.strictObject({
  /** What half the mean squared difference of the maps weighs. */
  weight: z.number().positive().default(1),
  /** Left out: the last layer at the middle one of the last three sizes. */
  layers: ComparedLayersSchema.optional(),
});

/**
 * Knowledge distillation (Hinton et al. 2015): α·T²·KL(teacher ‖ student) + (1 − α)·cross-entropy, softened at temperature T, and with their weights attention
 * transfer and feature hints.
 */
export const DistillationSettingsSchema = z.strictObject({
  temperature: z.number().positive().default(4),
  alpha: z.number().min(0).max(1).default(0.5),
  attention: AttentionTransferSchema.optional(),
  hints: FeatureHintsSchema.optional(),
});
export type DistillationSettings = z.infer<typeof DistillationSettingsSchema>;

/** The share to remove: 0.5 asks for half to go. */
const reductionRatio = ratio.gt(0);

/** Counted from the graph: exact, and known before anything is cut. */
export const CostTargetSchema = z.strictObject({ measure: z.enum(['macs', 'parameters']), reductionRatio });
export type CostTarget = z.infer<typeof CostTargetSchema>;

export const TargetSchema = z.discriminatedUnion('measure', [
  CostTargetSchema,
  z.strictObject({
    measure: z.literal('channels'),
    /** Of the channels of every dependency group. */
    reductionRatio,
    /** Shares of their own for some groups, by id; 0 leaves a group whole. */
    groups: z.record(z.string(), ratio).default({}),
  }),
  /** Of the median time of one picture in ONNX Runtime, measured on the machine that plans. */
  z.strictObject({ measure: z.literal('latency'), reductionRatio }),
]);
export type Target = z.infer<typeof TargetSchema>;

export const MethodChoiceSchema = z.strictObject({
  name: z.string().min(1),
  /** Settings of the method itself; the method's own schema checks them and writes out its defaults. */
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type MethodChoice = z.infer<typeof MethodChoiceSchema>;

const seed = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).default(1);
/** The name of a worker pool: part of its task queue's name. */
export const PoolSchema = z.string().regex(/^[a-z0-9-]{1,40}$/, 'is not a pool name (lower-case letters, digits and dashes)');
const pool = PoolSchema.default('default');

export const TrainingRecipeSchema = z.strictObject({
  kind: z.literal('training'),
  seed,
  pool,
  training: TrainingSettingsSchema,
});
export type TrainingRecipe = z.infer<typeof TrainingRecipeSchema>;

export const CompressionRecipeSchema = z.strictObject({
  kind: z.literal('compression'),
  seed,
  pool,
  method: MethodChoiceSchema,
  target: TargetSchema,
  /** The target is approached in this many prune – retrain rounds, each removing the same share of what it is given (`targetOfRound`). */
  rounds: positiveInteger.max(50).default(1),
  /** No group is ever cut below this many channels. */
  minimumChannels: positiveInteger.default(1),
  /** Kept widths are multiples of this where the width allows it, for hardware that wants it. */
  channelMultiple: positiveInteger.default(1),
  retraining: TrainingSettingsSchema,
  distillation: DistillationSettingsSchema.nullable().default({ temperature: 4, alpha: 0.5 }),
});
export type CompressionRecipe = z.infer<typeof CompressionRecipeSchema>;

export const RecipeSchema = z.discriminatedUnion('kind', [TrainingRecipeSchema, CompressionRecipeSchema]);
export type Recipe = z.infer<typeof RecipeSchema>;
/** A recipe as a person writes it: whatever has a default may be left out. */
export type RecipeInput = z.input<typeof RecipeSchema>;
