import { EspalierError, type Topology } from '@espalier/core';
import { axisSetting, readGraph, shapeText, type Graph, type GraphNode } from '@espalier/network';

/** A feature map that boxes are predicted from, with how many of them at each of its places. */
export interface HeadMap {
  readonly height: number;
  readonly width: number;
  readonly boxesPerPlace: number;
}

/** What a detector of SSD's kind gives for each of its prior boxes, and where these sit. */
export interface DetectionHeads {
  /** [height, width, channels] of the pictures that it takes. */
  readonly inputShape: readonly [number, number, number];
  /** Which of the network's two outputs has the class logits [priors, classes], and which the offsets [priors, 4]. */
  readonly classOutput: 0 | 1;
  readonly offsetOutput: 0 | 1;
  /** The background, class 0, is one of them. */
  readonly classCount: number;
  /** In the order of the outputs' rows: row by row, from left to right, and at each place box by box. */
  readonly maps: readonly HeadMap[];
  readonly priorCount: number;
}

/** Centre x, centre y, width, height. */
const coordinateCount = 4;

/**
 * Finds a detector's heads in its graph, so that networks that were pruned or came from a file work as those of the zoo: it has two outputs, each the maps of a few
 * convolutions, reshaped and put one below the other.
 * @throws EspalierError `BAD_INPUT`, naming the layer at which a network is another one.
 */
export function detectionHeads(topology: Topology): DetectionHeads {
  const graph = readGraph(topology);
  const outputs = graph.outputs.map((index) => graph.nodes[index]!);
  const [first, second] = outputs;
  if (first === undefined || second === undefined || outputs.length !== 2) {
    throw noDetector(
      `it gives ${outputs.map(({ outputShape }) => shapeText(outputShape)).join(' and ')}, where a detector has two outputs`,
    );
  }
  const classOutput = classOutputOf(first, second);
  const [classes, offsets] = classOutput === 0 ? [first, second] : [second, first];
  if (offsets.outputShape.length !== 2 || offsets.outputShape[1] !== coordinateCount) {
    throw noDetector(`neither ${first.layer} nor ${second.layer} gives four offsets for each of its boxes`);
  }
  const [priorCount = 0, classCount = 0] = classes.outputShape;
  if (classes.outputShape.length !== 2 || priorCount !== offsets.outputShape[0] || classCount < 2) {
    const shapes = `${classes.layer} gives ${shapeText(classes.outputShape)} and ${offsets.layer} ${shapeText(offsets.outputShape)}`;
    throw noDetector(`${shapes}, where for as many boxes there should be logits of the background and of one class at least`);
  }
  const maps = headMaps(graph, offsets);
  const classMaps = headMaps(graph, classes);
  if (JSON.stringify(maps) !== JSON.stringify(classMaps)) {
    throw noDetector(`${classes.layer} and ${offsets.layer} are predicted for boxes at different places`);
  }
  return { inputShape: inputShapeOf(graph), classOutput, offsetOutput: classOutput === 0 ? 1 : 0, classCount, maps, priorCount };
}

/** With three classes and the background both outputs are four wide: then names decide, and where they say nothing the classes come first, as in the zoo. */
function classOutputOf(first: GraphNode, second: GraphNode): 0 | 1 {
  const [firstHasFour, secondHasFour] = [first, second].map(({ outputShape }) => outputShape.at(-1) === coordinateCount);
  if (!secondHasFour) return 1;
  if (!firstHasFour) return 0;
  const soundsOf = (words: RegExp): boolean[] => [first, second].map(({ layer }) => words.test(layer));
  const [firstIsBoxes, secondIsBoxes] = soundsOf(/box|loc|offset|delta|regress/i);
  if (firstIsBoxes !== secondIsBoxes) return firstIsBoxes ? 1 : 0;
  const [firstIsClasses, secondIsClasses] = soundsOf(/class|conf|score|label|logit/i);
  return secondIsClasses && !firstIsClasses ? 1 : 0;
}

/** The maps that an output's rows are made of. On the way to them numbers only get another shape, or follow one another: their order stays. */
function headMaps({ nodes }: Graph, output: GraphNode): HeadMap[] {
  const rowLength = output.outputShape[1]!;
  const mapsBehind = (node: GraphNode): HeadMap[] => {
    const inputs = node.inputs.map((index) => nodes[index]!);
    if (node.type === 'Reshape' || node.type === 'Flatten') return mapsBehind(inputs[0]!);
    if (node.type === 'Concatenate' && axisSetting(node, 'axis', node.outputShape.length) === 0) return inputs.flatMap(mapsBehind);
    const [height, width, channels] = node.outputShape;
    if (node.outputShape.length !== 3 || channels! % rowLength !== 0) {
      const what = `${node.type} ${node.layer}, which gives ${shapeText(node.outputShape)}`;
      throw noDetector(`the rows of ${output.layer} are made by ${what} and no map [height, width, boxes · ${rowLength}]`);
    }
    return [{ height: height!, width: width!, boxesPerPlace: channels! / rowLength }];
  };
  return mapsBehind(output);
}

function inputShapeOf({ nodes }: Graph): [number, number, number] {
  const inputs = nodes.filter(({ type }) => type === 'InputLayer');
  const [height, width, channels] = inputs[0]?.outputShape ?? [];
  if (inputs.length !== 1 || height === undefined || width === undefined || channels === undefined) {
    throw noDetector(`it takes ${inputs.map(({ outputShape }) => shapeText(outputShape)).join(' and ')} and not one picture`);
  }
  return [height, width, channels];
}

export const noDetector = (reason: string): EspalierError =>
  new EspalierError('BAD_INPUT', `the network is no detector of SSD's kind: ${reason}`, {
    hint: 'Take one whose outputs are class logits [boxes, 1 + classes] and offsets [boxes, 4], such as ssd300-vgg16 of the zoo.',
    path: ['network'],
  });
