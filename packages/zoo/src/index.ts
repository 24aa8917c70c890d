export { TopologyBuilder, type ConvolutionOptions, type Stream } from './builder.ts';
export { initialiseWeights } from './initialise.ts';
export type { ArchitectureRequest, ImageShape, ZooEntry } from './architectures/architecture.ts';
export { zoo, zooEntry, buildZooTopology, buildZooNetwork, type ZooRequest } from './zoo.ts';
export { networksWithPublishedRates, publishedRates } from './published-rates.ts';
