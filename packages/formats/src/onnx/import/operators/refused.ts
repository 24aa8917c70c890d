/** Operators that are known and not read, with the way out for each. Everything else is simply not known. */
export const refusedOperators: ReadonlyMap<string, string> = new Map([
  ...['If', 'Loop', 'Scan', 'SequenceMap'].map(
    (operator) =>
      [operator, 'Export the network by tracing, with fixed shapes: control flow has no place in a network of layers.'] as const,
  ),
  ...[
    'QuantizeLinear',
    'DequantizeLinear',
    'DynamicQuantizeLinear',
    'QLinearConv',
    'QLinearMatMul',
    'ConvInteger',
    'MatMulInteger',
    'BitShift',
  ].map((operator) => [operator, 'Prune the network in float32 and quantise it afterwards.'] as const),
  ...['LSTM', 'GRU', 'RNN'].map((operator) => [operator, 'Recurrent networks cannot be read, only networks for pictures.'] as const),
  ['ReduceL2', 'A norm is a layer only where the same tensor is divided by it: x / max(‖x‖₂, ε), with ε at most 1e-9.'],
  ['Erf', 'The error function is a layer only as a part of gelu: ½x(1 + erf(x/√2)).'],
  ['LRN', 'Local response normalisation is no layer here; train with batch normalisation instead.'],
  ...['LayerNormalization', 'GroupNormalization', 'InstanceNormalization', 'RMSNormalization', 'MeanVarianceNormalization'].map(
    (operator) => [operator, 'Only batch normalisation can be read; its statistics do not depend on the picture.'] as const,
  ),
  ...['Attention', 'Einsum', 'RotaryEmbedding'].map(
    (operator) => [operator, 'Transformers cannot be read, only convolutional networks.'] as const,
  ),
  ...['NonMaxSuppression', 'TopK', 'RoiAlign', 'MaxRoiPool', 'NonZero', 'Compress', 'Unique'].map(
    (operator) => [operator, 'Export the network up to its raw heads, and choose boxes outside of it.'] as const,
  ),
  ...['DepthToSpace', 'SpaceToDepth', 'GridSample', 'AffineGrid', 'DeformConv', 'Col2Im'].map(
    (operator) => [operator, 'Pixels cannot be moved into channels or by coordinates; use strided or transposed convolutions.'] as const,
  ),
  ...['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Multinomial', 'Bernoulli'].map(
    (operator) => [operator, 'Export the network in evaluation mode: what it answers may not depend on chance.'] as const,
  ),
]);
