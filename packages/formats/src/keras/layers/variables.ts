/** The types of layers whose variables matter; dropouts and the like keep the state of a random generator, which nothing is computed with. */
const typesWithWeights: ReadonlySet<string> = new Set([
  'Conv2D',
  'DepthwiseConv2D',
  'SeparableConv2D',
  'Conv2DTranspose',
  'Dense',
  'BatchNormalization',
  'PReLU',
  'Normalization',
]);

/** How many of a layer's variables are wanted: of Normalization the mean and variance, and not how many pictures they were taken from. */
export const wantedVariables = (type: string): number => (typesWithWeights.has(type) ? (type === 'Normalization' ? 2 : Infinity) : 0);
