import type { Shape } from '@espalier/network';

/** Something that computes a network: one engine with one network in it. Tensors are those of one picture, feature maps as NHWC. */
export interface Runner {
  readonly inputs: readonly { readonly shape: Shape }[];
  /** One array for each input, row-major; gives one for each output, feature maps channels last. */
  run(inputs: readonly Float32Array[]): Promise<readonly Float32Array[]>;
  /** Lets go of what the engine holds. */
  close(): Promise<void> | void;
}
