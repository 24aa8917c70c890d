/** What one step or one pass took. Milliseconds; `cpu` is the time of all threads together. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** What either side prints: the same fields in the same units. */
export interface SideResult {
  readonly training: readonly Time[];
  readonly inference: readonly Time[];
  /** That are learnt. */
  readonly parameters: number;
  readonly versions: readonly string[];
}

export const ways = ['stock', 'eager', 'compiled'] as const;
/** Stock TF.js; Espalier's kernels operation by operation; the same as one graph. */
export type Way = (typeof ways)[number];
