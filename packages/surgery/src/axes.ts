import type { KeptChannels, NamedWeightSpec, WeightAxis } from '@espalier/network';
import type { AxisKeeps } from './gather.ts';

/** What stays along every axis of a weight, from what stays of the tensors around its layer. */
export function axisKeeps({ axes, shape, node }: NamedWeightSpec, kept: KeptChannels): AxisKeeps {
  const input = node.inputs[0];
  const keptInputs = input === undefined ? null : kept[input]!;
  const keptOutputs = kept[node.index]!;
  return axes.map((axis, position) => keepsOf(axis, shape[position]!, keptInputs, keptOutputs));
}

function keepsOf(axis: WeightAxis, length: number, keptInputs: Int32Array | null, keptOutputs: Int32Array | null): Int32Array | null {
  if (axis === null) return null;
  if (axis === 'out') return keptOutputs;
  if (keptInputs === null || axis === 'in') return keptInputs;
  // The same places stay in every group of a grouped convolution, so those of the first group say it all.
  if (axis === 'in-of-one-group') return keptInputs.filter((place) => place < length);
  const { times } = axis;
  return Int32Array.from(
    { length: keptInputs.length * times },
    (_, index) => keptInputs[Math.floor(index / times)]! * times + (index % times),
  );
}
