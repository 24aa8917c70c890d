import type { EspalierError } from '@espalier/core';
import type { OnnxNode, OnnxTensor } from '../../proto.ts';
import type { Budget } from '../budget.ts';
import { type Constant, elementCountOf, readConstant } from '../constant.ts';
import { badNode, unsupportedNode } from '../faults.ts';

/** A node all of whose operands are known. */
export class ConstantCall {
  readonly node: OnnxNode;
  readonly opset: number;
  readonly operands: readonly (Constant | null)[];
  readonly #budget: Budget;
  readonly #warn: (text: string) => void;

  constructor(node: OnnxNode, opset: number, operands: readonly (Constant | null)[], budget: Budget, warn: (text: string) => void) {
    this.node = node;
    this.opset = opset;
    this.operands = operands;
    this.#budget = budget;
    this.#warn = warn;
  }

  bad(rule: string): EspalierError {
    return badNode(this.node, this.opset, rule);
  }

  unsupported(rule: string, hint: string): EspalierError {
    return unsupportedNode(this.node, this.opset, rule, hint);
  }

  operand(index: number): Constant {
    const operand = this.operands[index];
    if (operand === undefined || operand === null) throw this.bad(`has no operand ${index}`);
    return operand;
  }

  has(index: number): boolean {
    return (this.operands[index] ?? null) !== null;
  }

  integer(name: string, fallback: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'integer' ? attribute.value : fallback;
  }

  integersAt(index: number, name: string): readonly number[] | undefined {
    if (this.has(index)) return [...this.operand(index).values];
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'integers' ? attribute.value : undefined;
  }

  axis(axis: number, rank: number): number {
    const index = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(index) || index < 0 || index >= rank) throw this.bad(`its axis ${axis} is none of a constant with ${rank} axes`);
    return index;
  }

  /** A new constant of `shape`, number by number in row-major order. */
  make(type: Constant['type'], shape: readonly number[], valueAt: (index: number) => number): Constant {
    this.#refuseNoShape(shape);
    const count = elementCountOf(shape);
    this.#budget.spend(count, this.node.outputs[0] ?? this.node.operator);
    const values = type === 'float' ? new Float32Array(count) : new Float64Array(count);
    for (let index = 0; index < count; index++) values[index] = valueAt(index);
    return { kind: 'constant', name: this.name, type, shape, values };
  }

  /** The same values under another shape. */
  reshaped(constant: Constant, shape: readonly number[]): Constant {
    this.#refuseNoShape(shape);
    if (elementCountOf(shape) !== constant.values.length)
      throw this.bad(`does not bring ${constant.values.length} numbers into the shape [${shape.join(', ')}]`);
    return { ...constant, name: this.name, shape };
  }

  /** Sizes are computed from numbers of the file, and may be anything. */
  #refuseNoShape(shape: readonly number[]): void {
    if (shape.length > 64 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw this.bad(`makes a constant of the shape [${shape.slice(0, 64).join(', ')}]`);
  }

  read(tensor: OnnxTensor): Constant {
    return readConstant(tensor, this.name, this.#warn);
  }

  /** What the node makes; a weight that only passes through keeps the name that people gave it. */
  get name(): string {
    return this.node.outputs[0] ?? this.node.operator;
  }
}
