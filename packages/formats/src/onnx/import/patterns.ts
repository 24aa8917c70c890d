import { type OnnxGraph, type OnnxNode, tensorNumbers } from '../proto.ts';

/**
 * Exporters spell out operators that their operator set does not have yet. Here such a spelling, recognised by what it computes, becomes the one
 * operator again; what it was made of leads nowhere afterwards and is left out.
 *
 * A pattern is an expression over one tensor: `x`, a number, or an operator applied to patterns (in any order, where the order does not matter).
 */
type Pattern = 'x' | number | { readonly operator: string; readonly operands: readonly Pattern[] };

const apply =
  (operator: string) =>
  (...operands: Pattern[]): Pattern => ({ operator, operands });
const [mul, add, div, tanh] = [apply('Mul'), apply('Add'), apply('Div'), apply('Tanh')];
const commutative: ReadonlySet<string> = new Set(['Mul', 'Add']);

/** ½·x·(1 + inner), as the three ways in which it is multiplied out. */
const halfOfOnePlus = (inner: Pattern): Pattern[] => {
  const lifted = add(inner, 1);
  return [mul(mul('x', lifted), 0.5), mul(mul('x', 0.5), lifted), mul('x', mul(lifted, 0.5))];
};
const cube: readonly Pattern[] = [mul(mul('x', 'x'), 'x'), apply('Pow')('x', 3)];
const sixth: Pattern[] = [div(apply('Clip')(add('x', 3), 0, 6), 6), mul(apply('Clip')(add('x', 3), 0, 6), 1 / 6)];

interface Rewriting {
  readonly patterns: readonly Pattern[];
  readonly operator: string;
  readonly attributes?: OnnxNode['attributes'];
}

const rewritings: readonly Rewriting[] = [
  // Hendrycks and Gimpel 2016.
  { operator: 'Gelu', patterns: [mul('x', Math.SQRT1_2), div('x', Math.SQRT2)].flatMap((inner) => halfOfOnePlus(apply('Erf')(inner))) },
  {
    operator: 'Gelu',
    attributes: new Map([['approximate', { kind: 'text', value: 'tanh' }]]),
    patterns: cube.flatMap((power) => halfOfOnePlus(tanh(mul(add('x', mul(power, 0.044715)), Math.sqrt(2 / Math.PI))))),
  },
  // Misra 2019.
  { operator: 'Mish', patterns: [mul('x', tanh(apply('Softplus')('x')))] },
  // Howard et al. 2019, §5.2.
  {
    operator: 'HardSwish',
    patterns: [...sixth.map((gate) => mul('x', gate)), div(mul('x', apply('Clip')(add('x', 3), 0, 6)), 6)],
  },
  {
    operator: 'HardSigmoid',
    attributes: new Map([
      ['alpha', { kind: 'float', value: 1 / 6 }],
      ['beta', { kind: 'float', value: 0.5 }],
    ]),
    patterns: sixth,
  },
];

/** Operators that keep a norm from being zero by their second operand. */
const bounds: ReadonlySet<string> = new Set(['Clip', 'Max', 'Add']);

/** Constants are float32 in the file. */
const isClose = (value: number, expected: number): boolean => Math.abs(value - expected) <= 1e-6 * Math.max(1, Math.abs(expected));

/** Looks for patterns behind the tensors of one graph. */
class Matcher {
  readonly #makers = new Map<string, OnnxNode>();
  readonly #numbers = new Map<string, number>();

  constructor(graph: OnnxGraph) {
    for (const tensor of graph.initializers) this.#note(tensor.name, tensor.shape, () => tensorNumbers(tensor));
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.#makers.set(output, node);
      const constant = node.operator === 'Constant' ? node.attributes.get('value') : undefined;
      if (constant?.kind === 'tensor') this.#note(node.outputs[0] ?? '', constant.value.shape, () => tensorNumbers(constant.value));
    }
  }

  /** Remembers constants of one number. */
  #note(name: string, shape: readonly number[], values: () => readonly number[]): void {
    if (shape.length > 4 || shape.some((size) => size !== 1)) return;
    const [number] = values();
    if (number !== undefined) this.#numbers.set(name, number);
  }

  /** The tensor that stands for `x`, if `node` computes the pattern; null otherwise. */
  match(node: OnnxNode, pattern: Pattern): string | null {
    const found = this.#matchNode(node, pattern, '');
    return found === '' ? null : found;
  }

  /**
   * The tensor x, the shape that the norm is stretched to if it is, and the axis of x / max(‖x‖₂, ε), if `node` computes that, as PyTorch's `normalize` is exported; null otherwise. A border as
   * small as ε has no place in a layer, and shows only where a vector is nothing but rounding errors.
   */
  normalised(node: OnnxNode): { readonly operands: readonly string[]; readonly axis: number } | null {
    const [x, divisor] = node.inputs;
    if (node.operator !== 'Div' || x === undefined || divisor === undefined) return null;
    let norm = this.#makers.get(divisor);
    const stretched = norm?.operator === 'Expand' ? norm.inputs[1] : undefined;
    if (stretched !== undefined) norm = this.#makers.get(norm?.inputs[0] ?? '');
    if (norm !== undefined && bounds.has(norm.operator) && this.#isTiny(norm.inputs[1])) norm = this.#makers.get(norm.inputs[0] ?? '');
    if (norm?.operator !== 'ReduceL2' || norm.inputs[0] !== x) return null;
    const { attributes } = norm;
    const [keeps, axes] = [attributes.get('keepdims'), attributes.get('axes')];
    if (keeps?.kind === 'integer' && keeps.value !== 1) return null;
    const axis = axes?.kind === 'integers' && axes.value.length === 1 ? axes.value[0] : this.#numbers.get(norm.inputs[1] ?? '');
    return axis === undefined ? null : { operands: stretched === undefined ? [x] : [x, stretched], axis };
  }

  #isTiny(tensor: string | undefined): boolean {
    const number = this.#numbers.get(tensor ?? '');
    return number !== undefined && number >= 0 && number <= 1e-9;
  }

  /** What stands for `x` so far, '' being nothing yet; null where the tensor is not what the pattern says. */
  #match(tensor: string, pattern: Pattern, x: string): string | null {
    if (pattern === 'x') return x === '' || x === tensor ? tensor : null;
    if (typeof pattern === 'number') {
      const number = this.#numbers.get(tensor);
      return number !== undefined && isClose(number, pattern) ? x : null;
    }
    const maker = this.#makers.get(tensor);
    return maker === undefined ? null : this.#matchNode(maker, pattern, x);
  }

  #matchNode(node: OnnxNode, pattern: Pattern, x: string): string | null {
    if (typeof pattern !== 'object' || node.operator !== pattern.operator || node.domain !== '') return null;
    if (node.inputs.length !== pattern.operands.length) return null;
    const orders = commutative.has(node.operator) ? [node.inputs, [...node.inputs].reverse()] : [node.inputs];
    for (const inputs of orders) {
      let found: string | null = x;
      for (let index = 0; index < inputs.length && found !== null; index++)
        found = this.#match(inputs[index]!, pattern.operands[index]!, found);
      if (found !== null) return found;
    }
    return null;
  }
}

/** The graph with each spelling that is known written as its one operator. */
export function withSpellingsJoined(graph: OnnxGraph): OnnxGraph {
  const matcher = new Matcher(graph);
  const last = new Set(
    rewritings.flatMap(({ patterns }) => patterns.map((pattern) => (typeof pattern === 'object' ? pattern.operator : ''))),
  );
  const nodes = graph.nodes.map((node) => (last.has(node.operator) ? joined(matcher, node) : node));
  return { ...graph, nodes };
}

function joined(matcher: Matcher, node: OnnxNode): OnnxNode {
  const norm = matcher.normalised(node);
  if (norm !== null)
    return {
      ...node,
      operator: 'LpNormalization',
      inputs: norm.operands,
      attributes: new Map([['axis', { kind: 'integer', value: norm.axis }]]),
    };
  for (const { operator, patterns, attributes = new Map() } of rewritings)
    for (const pattern of patterns) {
      const x = matcher.match(node, pattern);
      if (x !== null) return { ...node, operator, inputs: [x], attributes };
    }
  return node;
}
