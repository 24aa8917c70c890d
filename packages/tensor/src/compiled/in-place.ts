import { type OpAttribute } from '../backend/native.ts';
import { type tf } from '../tf.ts';

/** Variables that one operation of a graph changes in the memory that they have. */
export interface InPlaceUpdate {
  /** TensorFlow's operation; it takes the variables' resources first, then `inputs`. */
  readonly operation: string;
  readonly attributes: readonly OpAttribute[];
  readonly variables: readonly tf.Variable[];
  readonly inputs: readonly tf.Tensor[];
  /** The same of ordinary operations, to the same bits; it assigns all of the variables. */
  readonly composed: () => void;
}

/** What writes operations down; an update is true when it did, and has run `composed` for the values. */
export interface UpdateListener {
  update(update: InPlaceUpdate): boolean;
}

let listener: UpdateListener | undefined;

/** Does the update: as one operation in a graph that is being recorded, and by `composed` otherwise. */
export function updateInPlace(update: InPlaceUpdate): void {
  if (listener?.update(update) !== true) update.composed();
}

/** Tells `to` of the updates that `work` makes. */
export function listenToUpdates<Result>(to: UpdateListener, work: () => Result): Result {
  const before = listener;
  listener = to;
  try {
    return work();
  } finally {
    listener = before;
  }
}
