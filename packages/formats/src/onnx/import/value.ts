import type { Constant } from './constant.ts';
import type { View } from './view.ts';

/** A tensor that depends on the network's input. */
export interface TensorValue {
  readonly kind: 'tensor';
  readonly view: View;
  /** No number in it can be below 0, whatever the input: zero padding is then as good as a border of −∞ for a maximum. */
  readonly nonNegative: boolean;
  /** Nothing but readers of this value read the layer's output: a constant may be folded into that layer. */
  readonly exclusive: boolean;
  /** Set behind a sigmoid: what it was taken of. x · sigmoid(x) is one activation. */
  readonly gateOf?: { readonly source: TensorValue; readonly gate: keyof typeof gatedActivations };
}

/** The activation that x · gate(x) is, by the gate. */
export const gatedActivations = { sigmoid: 'swish', hard_sigmoid_sixth: 'hard_swish' } as const;

export type Value = TensorValue | Constant;
