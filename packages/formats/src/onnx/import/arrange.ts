import { type Atom, type Axis, inOrder, isAscending, placedShape, placesOf, sizeOf, type View, viewOf } from './view.ts';
import type { LayerWriter } from './writer.ts';

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * Writes the layers, if any, after which the numbers of `view` lie as `wanted`: the same atoms, row-major, axis by axis. The common beginning
 * of both orders stays; what follows is one selection of channels, with reshapes around it where it is not one axis.
 */
export function arranged(writer: LayerWriter, wish: string, view: View, wanted: readonly Axis[]): View {
  const order = wanted.flat();
  const held = view.places.flat();
  let kept = 0;
  while (kept < order.length && order[kept] === held[kept] && order[kept]!.order === undefined) kept++;
  let { layer } = view;
  let shape = placedShape(view);
  if (kept < order.length) {
    const beforeLast = held.length - (view.places.at(-1)?.length ?? 0);
    kept = Math.min(kept, beforeLast);
    const moved = order.slice(kept);
    const flat = sizeOf(moved);
    writer.budget.spend(flat * 2, wish);
    const places = placesOf(moved, held.slice(kept));
    if (!isAscending(places)) {
      const selectable = kept === beforeLast ? shape : [...(kept === 0 ? [] : [sizeOf(held.slice(0, kept))]), flat];
      layer = reshapedLayer(writer, wish, layer, shape, selectable);
      layer = writer.add(`${wish}_selection`, 'ChannelSelection', [layer], selectable, { channels: [...places] });
      shape = selectable;
    }
  }
  layer = reshapedLayer(writer, wish, layer, shape, wanted.map(sizeOf));
  return inOrder({ layer, places: wanted, axes: view.axes });
}

function reshapedLayer(writer: LayerWriter, wish: string, layer: string, from: readonly number[], to: readonly number[]): string {
  if (sameShape(from, to)) return layer;
  if (to.length === 1) return writer.add(`${wish}_flatten`, 'Flatten', [layer], to);
  return writer.add(`${wish}_reshape`, 'Reshape', [layer], to, { target_shape: [...to] });
}

/** The axes in the order in which layers keep them: [C, H, W] as [H, W, C], everything else as ONNX does. */
export const layerOrder = (axes: readonly Axis[]): readonly Axis[] => (axes.length === 3 ? [axes[1]!, axes[2]!, axes[0]!] : axes);

/** `view` as layers keep a tensor of its rank: pictures as [H, W, C], rows and vectors in ONNX's order. */
export const inLayerOrder = (writer: LayerWriter, wish: string, view: View): View => arranged(writer, wish, view, layerOrder(view.axes));

/** All numbers in one axis, in the order in which they lie, which may not be ONNX's. */
export const flattened = (writer: LayerWriter, wish: string, view: View): View => {
  if (view.places.length === 1) return view;
  const layer = reshapedLayer(writer, wish, view.layer, placedShape(view), [sizeOf(view.places.flat())]);
  return { layer, places: [view.places.flat()], axes: view.axes };
};

/** Any Reshape: where the axes have no common divisors, by one flat axis in ONNX's order. */
export function flatInOnnxOrder(writer: LayerWriter, wish: string, view: View): View {
  const { layer } = arranged(writer, wish, view, [view.axes.flat()]);
  return viewOf(layer, [sizeOf(view.axes.flat())], [0]);
}

/** `view` with the axis that ONNX counts as `axis`, and nothing else, last in the layer's output. */
export function channelsLast(writer: LayerWriter, wish: string, view: View, axis: number): View {
  const channels = view.axes[axis]!;
  const members: ReadonlySet<Atom> = new Set(channels);
  const last = view.places.at(-1) ?? [];
  if (last.length === channels.length && last.every((atom) => members.has(atom))) return view;
  return arranged(writer, wish, view, [...view.axes.filter((_, index) => index !== axis), channels]);
}
