import { EspalierError, type NetworkData, type Topology } from '@espalier/core';
import type { Dataset } from '@espalier/datasets';
import { readGraph, shapeText } from '@espalier/network';

/**
 * @param what the network's part in the job, such as `teacher`.
 * @throws EspalierError `BAD_INPUT` unless the network takes the dataset's pictures and has one output for each of its classes.
 */
export function checkFit(network: NetworkData, { shape, classes }: Pick<Dataset, 'shape' | 'classes'>, what: string): void {
  const graph = readGraph(network.topology);
  const inputs = graph.nodes.filter(({ type }) => type === 'InputLayer').map(({ outputShape }) => outputShape);
  const outputs = graph.outputs.map((index) => graph.nodes[index]!.outputShape);
  const refuse = (has: string, needs: string) =>
    new EspalierError('BAD_INPUT', `the ${what} does not fit the dataset: it ${has}, but the dataset ${needs}`, {
      hint: 'Take a network made for this dataset, or a dataset made for this network.',
      path: [what],
    });
  if (inputs.length !== 1 || inputs[0]!.join() !== shape.join()) {
    throw refuse(`takes ${inputs.map(shapeText).join(' and ')}`, `has pictures of ${shapeText(shape)}`);
  }
  if (outputs.length !== 1 || outputs[0]!.join() !== String(classes.length)) {
    throw refuse(`gives ${outputs.map(shapeText).join(' and ')}`, `has ${classes.length} classes`);
  }
}

/** Height and width of the pictures that a network takes, where they are square; nothing where they are not. */
export function squareSide(topology: Topology): number | undefined {
  const input = readGraph(topology).nodes.find(({ type }) => type === 'InputLayer');
  const [height, width] = input?.outputShape ?? [];
  return height === width ? height : undefined;
}
