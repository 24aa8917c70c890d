import type { OperatorCall } from './call.ts';
import {
  elu,
  clip,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  plainActivation,
  selu,
  sigmoid,
  softmax,
  thresholdedRelu,
} from './operators/activation.ts';
import { add, divide, multiply, negate, subtract, variadic } from './operators/arithmetic.ts';
import { concatenation } from './operators/concatenation.ts';
import { convolution, transposedConvolution } from './operators/convolution.ts';
import { gemm, matrixProduct } from './operators/dense.ts';
import { batchNormalisation, lpNormalisation } from './operators/normalisation.ts';
import { averagePool, globalPool, maximumPool, reduction } from './operators/pooling.ts';
import { prelu } from './operators/prelu.ts';
import { cast, dropout, expand, flatten, identity, reshape, squeeze, transpose, unsqueeze } from './operators/reshaping.ts';
import { pad, resize } from './operators/resizing.ts';
import { gather, slice, split } from './operators/slicing.ts';
import type { TensorValue } from './value.ts';

/** Writes the layers of one node, and says what each of its outputs is. */
export type Operator = (call: OperatorCall) => TensorValue | readonly TensorValue[];

/** Every operator that works on tensors, by ONNX's name. What works on constants alone is in `constants/evaluate.ts`. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries<Operator>({
    Conv: convolution,
    ConvTranspose: transposedConvolution,
    Gemm: gemm,
    MatMul: matrixProduct,
    BatchNormalization: batchNormalisation,
    LpNormalization: lpNormalisation,

    Relu: plainActivation('relu', true),
    Tanh: plainActivation('tanh'),
    Softplus: plainActivation('softplus', true),
    Softsign: plainActivation('softsign'),
    Mish: plainActivation('mish'),
    HardSwish: hardSwish,
    Sigmoid: sigmoid,
    HardSigmoid: hardSigmoid,
    Gelu: gelu,
    Elu: elu,
    Selu: selu,
    LeakyRelu: leakyRelu,
    ThresholdedRelu: thresholdedRelu,
    PRelu: prelu,
    Clip: clip,
    Softmax: softmax('softmax'),
    LogSoftmax: softmax('log_softmax'),

    MaxPool: maximumPool,
    AveragePool: averagePool,
    GlobalAveragePool: globalPool('GlobalAveragePooling2D'),
    GlobalMaxPool: globalPool('GlobalMaxPooling2D'),
    ReduceMean: reduction('GlobalAveragePooling2D'),
    ReduceMax: reduction('GlobalMaxPooling2D'),

    Add: add,
    Sub: subtract,
    Mul: multiply,
    Div: divide,
    Neg: negate,
    Sum: variadic('Add'),
    Mean: variadic('Average'),
    Max: variadic('Maximum'),
    Min: variadic('Minimum'),
    Concat: concatenation,

    Slice: slice,
    Split: split,
    Gather: gather,

    Identity: identity,
    Cast: cast,
    Dropout: dropout,
    Reshape: reshape,
    Flatten: flatten,
    Transpose: transpose,
    Squeeze: squeeze,
    Unsqueeze: unsqueeze,
    Expand: expand,
    Pad: pad,
    Resize: resize,
    Upsample: resize,
  }),
);
