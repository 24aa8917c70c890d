import type { ConfiguredLayer } from '../config.ts';
import type { Shape } from '../shape.ts';

/** One call of a layer before its output shape is known. */
export interface LayerInputs extends ConfiguredLayer {
  readonly type: string;
  readonly inputShapes: readonly Shape[];
}

/** One call of a layer: what it reads, what it makes, and its settings. */
export interface LayerCall extends LayerInputs {
  readonly outputShape: Shape;
}

/**
 * What an axis of a weight stands for: `in` the channels of the first input, `out` those of the output, `in-of-one-group` those inputs that one
 * group of a grouped convolution reads, `{ in, times }` each input channel `times` times over (c·times + j), null nothing that pruning changes.
 */
export type WeightAxis = 'in' | 'out' | 'in-of-one-group' | { readonly side: 'in'; readonly times: number } | null;

/** A weight that a layer owns. `learnable` is false for running statistics; `normalisation` marks γ and β, which some papers do not count. */
export interface WeightSpec {
  /** The last part of its name: `kernel` in `conv2d_3/kernel`. */
  readonly role: string;
  readonly shape: Shape;
  readonly axes: readonly WeightAxis[];
  readonly learnable: boolean;
  readonly normalisation: boolean;
  /** Whether zeros here make the channel silent. A moving variance is divided by, so it stays as it is. */
  readonly silencedByZero: boolean;
}

export const weight = (
  role: string,
  shape: Shape,
  axes: readonly WeightAxis[],
  { learnable = true, normalisation = false, silencedByZero = true }: Partial<Omit<WeightSpec, 'role' | 'shape' | 'axes'>> = {},
): WeightSpec => ({ role, shape, axes, learnable, normalisation, silencedByZero });

/** What one call does for one image, in the units from which every accounting convention is made. */
export interface Operations {
  /** Multiply-accumulates of convolutions and dense layers, without biases. */
  readonly macs: number;
  /** Additions of convolution biases: one for each output element. */
  readonly convolutionBiases: number;
  readonly denseBiases: number;
  /** Elements that leave a batch normalisation. */
  readonly normalised: number;
  /** Elements that leave a rectifier (ReLU and its kin). */
  readonly rectified: number;
  /** Elements that enter a maximum pooling. */
  readonly maximumPooled: number;
  /** Elements that enter an average pooling. */
  readonly averagePooled: number;
  /** What older versions of the THOP counter book for average pooling; see `cost/conventions.ts`. */
  readonly averagePoolingOfOldThop: number;
}

/** For each channel of a tensor the number of the element that it is; equal numbers stand and fall together. */
export type Labels = Int32Array;

/** Where layers write down which channels belong together. */
export interface ChannelBook {
  /** New channels that nothing is tied to yet. */
  fresh(count: number): Labels;
  /** From now on the two are one: whoever removes one removes the other. */
  tie(a: number, b: number): void;
  /** These must stay, for the reason that is given to the user. */
  lock(labels: Labels, reason: string): void;
}

/**
 * The part an axis plays in a dependency group: `out` the filters of a kernel with their bias, `in` the inputs of a kernel, `depthwise` the
 * filters of a depthwise kernel, `bn` the vectors of a batch normalisation, `slope` of a PReLU, `scale` of an L2 normalisation, `pad` the
 * channels that leave a `ChannelPadding`.
 */
export const axisRoles = ['out', 'in', 'depthwise', 'bn', 'slope', 'scale', 'pad'] as const;
export type AxisRole = (typeof axisRoles)[number];
export interface MemberAxis {
  readonly role: AxisRole;
  readonly side: 'in' | 'out';
}

/** The new sizes around a layer. */
export interface Resized {
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  /** The kept positions of the first input's channels, ascending; null where only sizes are asked for. */
  readonly keptInputs: Int32Array | null;
  /** The same of the output's channels. */
  readonly keptOutputs: Int32Array | null;
}

/** All that Espalier knows of one kind of layer. Everything but the shape and the ties is optional: most layers own nothing. */
export interface LayerKind {
  readonly inputs: 'none' | 'one' | 'several';
  /** The output's shape; throws BAD_NETWORK or UNSUPPORTED_LAYER naming the layer. */
  outputShape(call: LayerInputs): Shape;
  /** Ties the input's and output's channels and returns the output's labels. */
  couple(call: LayerCall, inputs: readonly Labels[], book: ChannelBook): Labels;
  readonly axes?: readonly MemberAxis[];
  weights?(call: LayerCall): readonly WeightSpec[];
  operations?(call: LayerCall): Partial<Operations>;
  /** The settings that change with the widths. */
  resize?(call: LayerCall, to: Resized): Readonly<Record<string, unknown>>;
  /** Whether a channel that is zero in every input is zero in the output. Left out: it is. */
  keepsZero?(call: LayerCall): boolean;
  /** Whether the layer mixes channels without a kernel, so that a removed channel must be zero before it. */
  readonly mixesWithoutKernel?: boolean;
}
