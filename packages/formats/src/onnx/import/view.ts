/**
 * How a tensor of the ONNX graph lies in the tensor of a layer.
 *
 * ONNX networks from elsewhere keep pictures as [N, C, H, W] and reshape and transpose as they like; layers here keep them as [N, H, W, C].
 * Instead of copying each transpose, every axis is a list of `Atom`s, and a tensor has two such lists: its axes as ONNX counts them, and as they
 * lie in the layer's output. Reshape splits and joins atoms, Transpose reorders axes, Flatten joins them, and none of these is a layer. Only
 * when an operator needs its operand in a certain order is a layer written (`arrange.ts`), and often the orders agree by then: a channel
 * shuffle is one selection of channels, a flatten before a dense layer a permutation of its kernel's rows.
 *
 * The batch axis is the first in both and left out. Atoms of size 1 do not exist: an axis of length 1 is an empty list.
 */
export interface Atom {
  readonly size: number;
  /** Where it is given, index i as ONNX counts lies at place `order[i]` in the layer's output; otherwise at i. */
  readonly order?: Int32Array;
}

export type Axis = readonly Atom[];

export interface View {
  /** The layer whose output it is. */
  readonly layer: string;
  /** The axes of the layer's output. */
  readonly places: readonly Axis[];
  /** The axes as ONNX counts them: the same atoms. */
  readonly axes: readonly Axis[];
}

export const sizeOf = (axis: Axis): number => axis.reduce((product, { size }) => product * size, 1);
/** Shape in ONNX's order, without the batch. */
export const shapeOf = (view: View): number[] => view.axes.map(sizeOf);
/** Shape of the layer's output, without the batch. */
export const placedShape = (view: View): number[] => view.places.map(sizeOf);

const atomsOf = (size: number): Axis => (size === 1 ? [] : [{ size }]);

/** A layer's output of `shape`, whose axis `axes[k]` is ONNX's k-th behind the batch. */
export function viewOf(layer: string, shape: readonly number[], axes: readonly number[]): View {
  const places = shape.map(atomsOf);
  return { layer, places, axes: axes.map((axis) => places[axis]!) };
}

/** ONNX's [C, H, W] in a layer's [H, W, C]. */
export const pictureView = (layer: string, shape: readonly [number, number, number]): View => viewOf(layer, shape, [2, 0, 1]);

/** The output of a layer that keeps its input's shape and meaning. */
export const through = (view: View, layer: string): View => ({ ...view, layer });

/** The view with some atoms exchanged, in both lists. */
function exchanged(view: View, exchange: (atom: Atom) => readonly Atom[]): View {
  const made = new Map<Atom, readonly Atom[]>();
  const renew = (axis: Axis): Axis =>
    axis.flatMap((atom) => {
      const known = made.get(atom);
      if (known !== undefined) return known;
      const fresh = exchange(atom);
      made.set(atom, fresh);
      return fresh;
    });
  return { layer: view.layer, places: view.places.map(renew), axes: view.axes.map(renew) };
}

/** The view with each atom's `order` forgotten, for a layer that has put them in order. */
export const inOrder = (view: View): View => exchanged(view, (atom) => (atom.order === undefined ? [atom] : [{ size: atom.size }]));

/**
 * The view as ONNX's Reshape to `shape` (without the batch) makes it, or null where the old and the new axes have no common divisors, so that
 * the numbers have to be put in ONNX's order first.
 */
export function reshaped(view: View, shape: readonly number[]): View | null {
  let current = view;
  for (let axis = 0, taken = 0; axis < shape.length; axis++) {
    let missing = shape[axis]!;
    while (missing > 1) {
      const atom: Atom | undefined = current.axes.flat()[taken];
      if (atom === undefined) return null;
      if (missing % atom.size !== 0) {
        if (atom.size % missing !== 0 || atom.order !== undefined) return null;
        const parts = [{ size: missing }, { size: atom.size / missing }];
        current = exchanged(current, (other) => (other === atom ? parts : [other]));
        missing = 1;
      } else missing /= atom.size;
      taken++;
    }
  }
  const atoms = current.axes.flat();
  let next = 0;
  const axes = shape.map((size) => {
    const axis: Atom[] = [];
    for (let product = 1; product < size; product *= axis.at(-1)!.size) axis.push(atoms[next++]!);
    return axis;
  });
  return { ...current, axes };
}

/** Step of each atom in the row-major numbering of the layer's output. */
export function placeStrides(places: readonly Axis[]): ReadonlyMap<Atom, number> {
  const strides = new Map<Atom, number>();
  let stride = 1;
  for (const atom of places.flat().reverse()) {
    strides.set(atom, stride);
    stride *= atom.size;
  }
  return strides;
}

/** Equal for views whose numbers lie alike; null where an order is pending, which is like nothing else. */
export function arrangement(view: View): string | null {
  const strides = placeStrides(view.places);
  const axes: [size: number, stride: number][][] = [];
  for (const axis of view.axes) {
    const steps: [size: number, stride: number][] = [];
    for (const atom of axis) {
      if (atom.order !== undefined) return null;
      const stride = strides.get(atom)!;
      const previous = steps.at(-1);
      if (previous !== undefined && previous[1] === atom.size * stride) steps[steps.length - 1] = [previous[0] * atom.size, stride];
      else steps.push([atom.size, stride]);
    }
    axes.push(steps);
  }
  return JSON.stringify([placedShape(view), axes]);
}

/** For each place of `wanted` (row-major, as ONNX counts) the place among `held` where that number lies in the layer's output. Same atoms. */
export function placesOf(wanted: Axis, held: Axis): Int32Array {
  const strides = placeStrides([held]);
  let places = new Int32Array(1);
  for (const atom of wanted) {
    const next = new Int32Array(places.length * atom.size);
    const stride = strides.get(atom)!;
    let at = 0;
    for (const place of places)
      for (let index = 0; index < atom.size; index++) next[at++] = place + stride * (atom.order?.[index] ?? index);
    places = next;
  }
  return places;
}

export const isAscending = (places: Int32Array): boolean => places.every((place, index) => place === index);

/** Whether the numbers lie in the order of these axes already. */
export function liesAs(view: View, axes: readonly Axis[]): boolean {
  const held = view.places.flat();
  return axes.flat().every((atom, index) => atom === held[index] && atom.order === undefined);
}
