import { layerCosts } from '../cost/cost.ts';
import type { Graph } from '../graph.ts';
import { channelCount } from '../shape.ts';
import type { LayerDifference } from './difference.ts';
import type { Matching } from './match.ts';
import { changedSettings } from './settings.ts';

/** Every layer of either graph, in the order of `after`; what was removed stands behind what came before it. */
export function compareLayers(before: Graph, after: Graph, { beforeOf, afterOf }: Matching): LayerDifference[] {
  const [costsBefore, costsAfter] = [layerCosts(before), layerCosts(after)];
  const compare = (left: number | null, right: number | null): LayerDifference => {
    const [nodeBefore, nodeAfter] = [left === null ? null : before.nodes[left]!, right === null ? null : after.nodes[right]!];
    const [costBefore, costAfter] = [left === null ? null : costsBefore[left]!, right === null ? null : costsAfter[right]!];
    const outputShape = { before: nodeBefore?.outputShape ?? null, after: nodeAfter?.outputShape ?? null };
    const quantities = {
      width: {
        before: outputShape.before && channelCount(outputShape.before),
        after: outputShape.after && channelCount(outputShape.after),
      },
      parameters: { before: costBefore?.parameters ?? null, after: costAfter?.parameters ?? null },
      macs: { before: costBefore?.macs ?? null, after: costAfter?.macs ?? null },
    };
    const settings =
      nodeBefore && nodeAfter ? changedSettings(nodeBefore.config, nodeAfter.config, 1 + (nodeAfter.inputShapes[0]?.length ?? 0)) : [];
    const isSame =
      settings.length === 0 &&
      String(outputShape.before) === String(outputShape.after) &&
      Object.values(quantities).every((change) => change.before === change.after);
    return {
      status: nodeBefore === null ? 'added' : nodeAfter === null ? 'removed' : isSame ? 'same' : 'changed',
      type: (nodeAfter ?? nodeBefore)!.type,
      layer: { before: nodeBefore?.layer ?? null, after: nodeAfter?.layer ?? null },
      outputShape,
      ...quantities,
      settings,
    };
  };
  const removedBehind = runsOfRemoved(before, afterOf);
  const removedAfter = (left: number | null): LayerDifference[] => (removedBehind.get(left) ?? []).map((removed) => compare(removed, null));
  const paired = after.nodes.flatMap(({ index }) => {
    const partner = beforeOf[index] ?? null;
    return [compare(partner, index), ...(partner === null ? [] : removedAfter(partner))];
  });
  return [...removedAfter(null), ...paired];
}

/** The nodes without partner, by the last node before them that has one; under null those at the very beginning. */
function runsOfRemoved(before: Graph, afterOf: Matching['afterOf']): Map<number | null, number[]> {
  const runs = new Map<number | null, number[]>();
  let lastPaired: number | null = null;
  for (const { index } of before.nodes) {
    if (afterOf[index] === null) runs.set(lastPaired, [...(runs.get(lastPaired) ?? []), index]);
    else lastPaired = index;
  }
  return runs;
}
