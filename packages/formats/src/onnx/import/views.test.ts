import { createGenerator, type Generator } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectSameAnswers } from '../../../test/agreement.ts';
import { type ModelDescription, node, onnxBytes } from '../../../test/onnx-model.ts';
import { decodeOnnx } from '../decode.ts';
import { encodeOnnx } from '../encode.ts';

interface Chain {
  readonly nodes: ReturnType<typeof node>[];
  readonly integers: Record<string, readonly number[]>;
  /** Without the batch. */
  shape: number[];
}

const current = ({ nodes }: Chain): string => nodes.at(-1)?.outputs[0] ?? 'x';
const next = ({ nodes }: Chain): string => `t${nodes.length}`;

/** `total` as a product of up to four factors. */
function factors(total: number, generator: Generator): number[] {
  const sizes: number[] = [];
  let left = total;
  while (sizes.length < 3 && left > 1 && generator.integer(4) > 0) {
    const divisors = Array.from({ length: left }, (_, index) => index + 1).filter((divisor) => left % divisor === 0);
    const size = divisors[generator.integer(divisors.length)]!;
    sizes.push(size);
    left /= size;
  }
  return generator.shuffle([...sizes, left]);
}

const steps: readonly ((chain: Chain, generator: Generator) => void)[] = [
  function reshape(chain, generator) {
    const name = next(chain);
    chain.shape = factors(
      chain.shape.reduce((product, size) => product * size, 1),
      generator,
    );
    chain.integers[`${name}_shape`] = [-1, ...chain.shape];
    chain.nodes.push(node('Reshape', `${current(chain)} ${name}_shape`, name));
  },
  function transpose(chain, generator) {
    const order = [...generator.permutation(chain.shape.length)];
    chain.nodes.push(node('Transpose', current(chain), next(chain), { perm: [0, ...order.map((axis) => axis + 1)] }));
    chain.shape = order.map((axis) => chain.shape[axis]!);
  },
  function activate(chain) {
    chain.nodes.push(node('LeakyRelu', current(chain), next(chain), { alpha: 0.5 }));
  },
  function exchangeParts(chain, generator) {
    const axes = chain.shape.flatMap((size, axis) =>
      size > 1 && (chain.shape.length === 3 || axis === chain.shape.length - 1) ? [axis] : [],
    );
    if (axes.length === 0) return;
    const axis = axes[generator.integer(axes.length)]!;
    const first = 1 + generator.integer(chain.shape[axis]! - 1);
    const [source, name] = [current(chain), next(chain)];
    chain.integers[`${name}_parts`] = [first, chain.shape[axis]! - first];
    chain.nodes.push(node('Split', `${source} ${name}_parts`, `${name}_a ${name}_b`, { axis: axis + 1 }));
    chain.nodes.push(node('Concat', `${name}_b ${name}_a`, next(chain), { axis: axis + 1 }));
  },
  function addTurned(chain) {
    // Twice the same numbers, one of them out of a detour through another arrangement.
    const [source, name] = [current(chain), next(chain)];
    const order = chain.shape.map((_, axis) => chain.shape.length - axis);
    chain.nodes.push(node('Transpose', source, `${name}_t`, { perm: [0, ...order] }));
    chain.nodes.push(node('Tanh', `${name}_t`, `${name}_u`));
    chain.nodes.push(node('Transpose', `${name}_u`, `${name}_v`, { perm: [0, ...order] }));
    chain.nodes.push(node('Add', `${source} ${name}_v`, next(chain)));
  },
];

function randomChain(seed: number): ModelDescription {
  const generator = createGenerator(seed, 'chain');
  const sizes = [6, 4, 5].map((size) => size * (1 + generator.integer(2)));
  // Something between the input and the first transpose, which would else say that pictures come in with their channels last.
  const chain: Chain = { nodes: [node('Tanh', 'x', 't0')], integers: {}, shape: sizes };
  for (let step = 0; step < 6; step++) steps[generator.integer(steps.length)]!(chain, generator);
  chain.nodes.push(node('Relu', current(chain), 'y'));
  return { nodes: chain.nodes, integers: chain.integers, inputs: { x: [1, ...sizes] } };
}

describe('views', () => {
  it('follow any chain of reshapes, transposes, splits and sums, number by number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const bytes = onnxBytes(randomChain(seed));
        const network = decodeOnnx(bytes);
        await expectSameAnswers(bytes, network, encodeOnnx(network));
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  it('need no layer for reshapes and transposes that come to nothing', () => {
    const { layers } = decodeOnnx(
      onnxBytes({
        nodes: [
          node('Reshape', 'x split', 'a'),
          node('Transpose', 'a', 'b', { perm: [0, 3, 4, 1, 2] }),
          node('Transpose', 'b', 'c', { perm: [0, 3, 4, 1, 2] }),
          node('Reshape', 'c whole', 'd'),
          node('Relu', 'd', 'y'),
        ],
        integers: { split: [1, 2, 2, 9, 7], whole: [1, 4, 9, 7] },
      }),
    ).topology.config;
    expect(layers.map((layer) => layer.class_name)).toEqual(['InputLayer', 'Activation']);
  });
});
