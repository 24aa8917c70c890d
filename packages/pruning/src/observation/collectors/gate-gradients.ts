import { EspalierError, type Weight } from '@espalier/core';
import type { GroupMember, NamedWeightSpec } from '@espalier/network';
import type { CollectionSubject, GradientCollector } from '../collector.ts';
import { specsByLayer } from '../filters.ts';
import { type KernelLayout, kernelLayout } from '../kernel.ts';
import type { LayerStatistic } from '../statistics.ts';

/** A gate's gradient in one batch becomes this share of its importance. */
export type GatePower = 'squared' | 'absolute';

/**
 * Gathers, for every channel, the mean over batches of (∂L/∂gate)² or |∂L/∂gate|, where a gate is a factor of 1 on the channel (Molchanov et al. 2019).
 *
 * No gate has to be built into the network for that. Behind a batch normalisation y = γ·x̂ + β the gate's gradient is γ·∂L/∂γ + β·∂L/∂β; on a
 * convolution or dense layer without one it is Σ w·∂L/∂w over the filter, with its bias. Both hold exactly, since the output is linear in these.
 */
export function gateGradients({ graph, groups, weightOf }: CollectionSubject, images: number, power: GatePower): GradientCollector {
  const specs = specsByLayer(graph);
  const hasScale = (layer: string) => specs.get(layer)?.some(({ role }) => role === 'gamma') === true;
  const layers = new Map(gatedMembers(groups, hasScale).map((member) => [member.layer, gateOf(member, specs.get(member.layer) ?? [])]));
  const sums = new Map<string, Float64Array>();
  let batches = 0;
  return {
    kind: 'gradients',
    images,
    weights: [...layers.values()].flatMap((parts) => parts.map(({ name }) => name)),
    add(gradients) {
      for (const [layer, parts] of layers) {
        const gates = gateGradient(parts, gradients, weightOf);
        const known = sums.get(layer) ?? new Float64Array(gates.length);
        sums.set(layer, known);
        gates.forEach((gate, output) => (known[output]! += power === 'squared' ? gate * gate : Math.abs(gate)));
      }
      batches++;
    },
    finish() {
      if (batches === 0)
        throw new EspalierError('BAD_DATASET', 'no batch of pictures was seen, so there are no gradients', {
          hint: 'Give at least one batch of pictures to look at.',
          path: ['dataset'],
        });
      return new Map(
        Array.from(sums, ([layer, values]): [string, LayerStatistic] => [
          layer,
          { layer, channels: values.length, length: 1, values: values.map((sum) => sum / batches) },
        ]),
      );
    },
  };
}

/** The batch normalisations of each group that scale its channels, or where it has none the layers that make them. */
function gatedMembers(groups: CollectionSubject['groups'], hasScale: (layer: string) => boolean): GroupMember[] {
  return groups.flatMap(({ members }) => {
    const normalised = members.filter(({ role, layer }) => role === 'bn' && hasScale(layer));
    return normalised.length > 0 ? normalised : members.filter(({ role }) => role === 'out');
  });
}

/** One weight of a gated layer and where its outputs lie in it. */
interface GatePart {
  readonly name: string;
  readonly layout: KernelLayout;
}

const vectorRoles: ReadonlySet<string> = new Set(['gamma', 'beta', 'bias']);
const kernelRoles: readonly string[] = ['pointwise_kernel', 'kernel'];

function gateOf({ layer }: GroupMember, specs: readonly NamedWeightSpec[]): GatePart[] {
  const vectors = specs.filter(({ role }) => vectorRoles.has(role));
  const kernel = kernelRoles.map((role) => specs.find((spec) => spec.role === role)).find((spec) => spec !== undefined);
  const parts = [
    ...(kernel === undefined ? [] : [{ name: kernel.name, layout: kernelLayout(kernel) }]),
    ...vectors.map(({ name, shape }) => ({ name, layout: { outer: 1, outputs: shape[0]!, inner: 1 } })),
  ];
  if (parts.length === 0)
    throw new EspalierError('UNSUPPORTED_LAYER', `layer ${layer} has no learnable scale, shift or kernel to take gradients of`, {
      hint: 'Choose a method that looks at weights alone.',
      path: ['layers', layer],
    });
  return parts;
}

function gateGradient(
  parts: readonly GatePart[],
  gradients: ReadonlyMap<string, Float32Array>,
  weightOf: (name: string) => Weight,
): Float64Array {
  const gates = new Float64Array(parts[0]!.layout.outputs);
  for (const { name, layout } of parts) {
    const gradient = gradients.get(name);
    const { values } = weightOf(name);
    if (gradient?.length !== values.length) throw new RangeError(`the gradient of ${name} is missing or of another size`);
    const { outer, outputs, inner } = layout;
    for (let outside = 0, place = 0; outside < outer; outside++)
      for (let output = 0; output < outputs; output++)
        for (let inside = 0; inside < inner; inside++, place++) gates[output]! += values[place]! * gradient[place]!;
  }
  const fault = gates.findIndex((gate) => !Number.isFinite(gate));
  if (fault >= 0)
    throw new EspalierError('BAD_NETWORK', `the gradient at channel ${fault} of ${parts[0]!.name} is not finite`, {
      hint: 'Look at the pictures and at the weights; go back to a checkpoint from before the training diverged.',
      path: ['weights', parts[0]!.name],
    });
  return gates;
}
