import type { Constant } from '../constant.ts';
import { arithmeticEvaluations } from './arithmetic.ts';
import type { ConstantCall } from './context.ts';
import { shapingEvaluations } from './shaping.ts';

const evaluations: ReadonlyMap<string, (call: ConstantCall) => Constant> = new Map(
  Object.entries({ ...shapingEvaluations, ...arithmeticEvaluations }),
);

/**
 * What a node makes of operands that are known: the arithmetic with which exporters compute shapes, and weights that are put together on the
 * way. Null for an operator that is not computed here.
 */
export function evaluate(call: ConstantCall): Constant | null {
  return evaluations.get(call.node.operator)?.(call) ?? null;
}

/** Whether an operator is computed on operands that are known. */
export const isEvaluated = (operator: string): boolean => evaluations.has(operator);
