export { TopologyBuilder } from './builder.ts';
export { resNetTopology } from './networks.ts';
export { randomTopology } from './random-topology.ts';
export { randomPlan } from './random-plan.ts';
export { workedExamples, type WorkedExample } from './worked-examples.ts';
