export { TopologyBuilder } from './builder.ts';
export { resNetTopology } from './networks.ts';
