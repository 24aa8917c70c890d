import type { KerasModel } from './model.ts';

/**
 * The layers' names in the order in which a functional model of Keras lists them once it is built, whatever the order in its config: the
 * longest way to an output first, and of equally long ones that which a walk from the outputs finishes first (`keras.ops.function.map_graph`).
 * Keras pairs weights with layers by this order.
 */
export function kerasLayerOrder({ layers, outputs }: KerasModel): string[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const finished: { layer: string; call: number }[] = [];
  const traversal = new Map<string, number>();
  const seen = new Set<string>();
  // The recursion of Keras, by hand: the depth of a network is no business of the stack.
  const stack: { layer: string; call: number; next: number }[] = [];
  const visit = (layer: string, call: number): void => {
    const id = `${call}\n${layer}`;
    if (seen.has(id)) return;
    seen.add(id);
    if (!traversal.has(layer)) traversal.set(layer, traversal.size);
    stack.push({ layer, call, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = byName.get(top.layer)?.inbound[top.call]?.[top.next++];
      if (input === undefined) {
        finished.push({ layer: top.layer, call: top.call });
        stack.pop();
        continue;
      }
      const [source, sourceCall] = input;
      const sourceId = `${sourceCall}\n${source}`;
      if (seen.has(sourceId)) continue;
      seen.add(sourceId);
      if (!traversal.has(source)) traversal.set(source, traversal.size);
      stack.push({ layer: source, call: sourceCall, next: 0 });
    }
  };
  for (const [layer, call] of outputs) visit(layer, call);

  const nodeDepth = new Map<string, number>();
  const layerDepth = new Map<string, number>();
  for (const { layer, call } of finished.toReversed()) {
    const depth = Math.max(nodeDepth.get(`${call}\n${layer}`) ?? 0, layerDepth.get(layer) ?? 0);
    layerDepth.set(layer, depth);
    for (const [source, sourceCall] of byName.get(layer)?.inbound[call] ?? []) {
      const id = `${sourceCall}\n${source}`;
      nodeDepth.set(id, Math.max(depth + 1, nodeDepth.get(id) ?? 0));
    }
  }
  return [...layerDepth.keys()].sort((a, b) => layerDepth.get(b)! - layerDepth.get(a)! || traversal.get(a)! - traversal.get(b)!);
}
