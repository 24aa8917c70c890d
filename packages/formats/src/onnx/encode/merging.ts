import { axisSetting, type Shape } from '@espalier/network';
import { type FileTensor, fileShape, type LayerExport, type LayerExporter } from './layer-export.ts';
import { integer } from './onnx-file.ts';

/**
 * A tensor so that it spreads over `rank` axes as it would with channels last: axes are aligned at the end there, and missing ones are put in
 * front, which with channels first is elsewhere.
 */
function aligned(layer: LayerExport, { name, shape }: FileTensor, rank: number): string {
  if (shape.length === rank) return name;
  const stretched: Shape = [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  if (rank !== 3) return layer.reshape(layer.channelsLast({ name, shape }), stretched);
  // [W, C] becomes [C, 1, W]; a vector needs no turning.
  const turned = shape.length === 2 ? layer.transpose(name, [1, 0]) : name;
  return layer.reshape(turned, fileShape(stretched));
}

const operands = (layer: LayerExport): string[] => {
  const rank = layer.node.outputShape.length;
  return layer.inputs.map((input) => aligned(layer, input, rank));
};

/** One operand after the other: ONNX's operator takes two. */
const pairwise =
  (operator: 'Add' | 'Sub' | 'Mul'): LayerExporter =>
  (layer) => {
    const [first, ...others] = operands(layer);
    return others.reduce((left, right) => layer.add(operator, [left, right]), first!);
  };

const together =
  (operator: 'Mean' | 'Max' | 'Min'): LayerExporter =>
  (layer) =>
    layer.add(operator, operands(layer));

export const addition = pairwise('Add');
export const subtraction = pairwise('Sub');
export const multiplication = pairwise('Mul');
export const average = together('Mean');
export const maximum = together('Max');
export const minimum = together('Min');

export const concatenation: LayerExporter = (layer) => {
  const { inputShapes } = layer.node;
  const rank = inputShapes[0]!.length;
  const axis = axisSetting(layer.node, 'axis', rank);
  const inFile = rank === 3 ? [2, 3, 1][axis]! : axis + 1;
  return layer.add('Concat', layer.inputs.map(({ name }) => name), { axis: integer(inFile) }); // prettier-ignore
};
