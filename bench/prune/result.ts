/** What one pruning step took. Milliseconds; `cpu` is the time of all threads together. */
export interface StepTime {
  /** Reading the graph and finding the dependency groups. */
  readonly groups: number;
  readonly total: number;
  readonly cpu: number;
}

/** What either side prints: the same fields in the same units. */
export interface SideResult {
  /** The first step of a fresh process. */
  readonly first: StepTime;
  /** The steps after it, each on a fresh copy of the network. */
  readonly later: readonly StepTime[];
  readonly parameters: number;
  readonly macs: number;
  readonly parametersAfter: number;
  readonly macsAfter: number;
  readonly versions: readonly string[];
}

export interface MemoryResult {
  readonly weightBytes: number;
  /** Resident memory at its highest during the step, less that of the process before it but for the weights. */
  readonly peakBytes: number;
}

export interface EspalierMemory extends MemoryResult {
  /** All arrays that are alive or not yet collected after the step: the given network, the pruned one and everything in between. */
  readonly arrayBytes: number;
}

/** How long group discovery took on a synthetic network of one size. */
export interface ScalingResult {
  readonly shape: 'residual' | 'dense';
  readonly layers: number;
  readonly channels: number;
  /** The channels of all tensors together: what there is to look at. */
  readonly places: number;
  readonly graphMs: number;
  readonly groupsMs: number;
}
