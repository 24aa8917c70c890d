import type { Graph } from '../graph.ts';
import type { AxisRole, MemberAxis } from '../layers/kind.ts';
import { type ChannelClasses, channelClasses } from './classes.ts';
import { countsOf } from './counts.ts';
import { partitionClasses } from './partition.ts';

/** One axis of one layer that a group cuts. */
export interface GroupMember {
  readonly layer: string;
  readonly role: AxisRole;
  /** How many indices of this axis one channel of the group has: height × width behind a flatten, 1 nearly everywhere else. */
  readonly multiplicity: number;
  /** The axis's indices of channel c of the group: `indices[c · multiplicity]` and the `multiplicity − 1` after it, ascending. */
  readonly indices: Int32Array;
}

/**
 * A dependency group (Fang et al. 2023, "DepGraph"): channels that all occur in the same places, each of which is kept or removed in all of
 * them at once. The channels of a group are interchangeable in cost, so its width alone says what it costs.
 */
export interface DependencyGroup {
  /** The first layer whose kernel makes these channels; `name:2` for a second group of the same layer. */
  readonly id: string;
  readonly channels: number;
  /** In the order of the graph. */
  readonly members: readonly GroupMember[];
  readonly prunable: boolean;
  /** Why it can't be pruned, or null. */
  readonly reason: string | null;
}

/** The groups of a graph together with where each channel of each tensor belongs. */
export interface ChannelAnalysis {
  readonly groups: readonly DependencyGroup[];
  /** For each node and each channel of its output: the position of its group in `groups`. */
  readonly groupOf: readonly Int32Array[];
  /** For each node and each channel of its output: the channel within its group. */
  readonly channelOf: readonly Int32Array[];
}

const analyses = new WeakMap<Graph, ChannelAnalysis>();

/** The groups of a graph, in the order in which their channels first appear. They are worked out once for each graph. */
export const dependencyGroups = (graph: Graph): readonly DependencyGroup[] => analyseChannels(graph).groups;

export function analyseChannels(graph: Graph): ChannelAnalysis {
  const known = analyses.get(graph);
  if (known !== undefined) return known;
  const analysis = analyse(graph);
  analyses.set(graph, analysis);
  return analysis;
}

function analyse(graph: Graph): ChannelAnalysis {
  const classes = channelClasses(graph);
  const blockOfClass = partitionClasses(classes);
  const { channelOfClass, widths, locks } = numberChannels(blockOfClass, classes.locks);
  const groupOf = translated(classes.ofOutput, blockOfClass);
  const channelOf = translated(classes.ofOutput, channelOfClass);
  const members = membersOf(graph, widths, groupOf, channelOf);
  const takenIds = new Set<string>();
  const groups = widths.map((channels, block) => nameGroup(channels, members[block]!, locks[block]!, graph, takenIds));
  return { groups, groupOf, channelOf };
}

/** For each class its channel within its block; for each block its width and its lock. */
function numberChannels(blockOfClass: Int32Array, locksOfClasses: ChannelClasses['locks']) {
  const channelOfClass = new Int32Array(blockOfClass.length);
  const widths: number[] = [];
  const locks: (string | null)[] = [];
  for (let index = 0; index < blockOfClass.length; index++) {
    const block = blockOfClass[index]!;
    const channel = widths[block] ?? 0;
    channelOfClass[index] = channel;
    widths[block] = channel + 1;
    locks[block] = locksOfClasses[index]!;
  }
  return { channelOfClass, widths, locks };
}

/** Each array with `table` looked up for its numbers; arrays that were shared stay shared. */
function translated(arrays: readonly Int32Array[], table: Int32Array): Int32Array[] {
  const known = new Map<Int32Array, Int32Array>();
  return arrays.map((numbers) => {
    const earlier = known.get(numbers);
    if (earlier !== undefined) return earlier;
    const result = new Int32Array(numbers.length);
    for (let place = 0; place < numbers.length; place++) result[place] = table[numbers[place]!]!;
    known.set(numbers, result);
    return result;
  });
}

function membersOf(
  graph: Graph,
  widths: readonly number[],
  groupOf: readonly Int32Array[],
  channelOf: readonly Int32Array[],
): GroupMember[][] {
  const members: GroupMember[][] = widths.map(() => []);
  const known = new Map<Int32Array, ReadonlyMap<number, Int32Array>>();
  for (const node of graph.nodes) {
    if (node.call > 0) continue;
    for (const { role, side } of node.kind.axes ?? []) {
      const tensor = side === 'out' ? node.index : node.inputs[0]!;
      const byGroup = known.get(groupOf[tensor]!) ?? indicesByGroup(widths, groupOf[tensor]!, channelOf[tensor]!);
      known.set(groupOf[tensor]!, byGroup);
      for (const [block, indices] of byGroup)
        members[block]!.push({ layer: node.layer, role, multiplicity: indices.length / widths[block]!, indices });
    }
  }
  return members;
}

/** For each group in a tensor its channels' places, channel after channel. */
function indicesByGroup(widths: readonly number[], groupOf: Int32Array, channelOf: Int32Array): ReadonlyMap<number, Int32Array> {
  const byGroup = new Map<number, Int32Array>();
  const filled = new Map<number, Int32Array>();
  for (const [group, count] of countsOf(groupOf)) {
    byGroup.set(group, new Int32Array(count));
    filled.set(group, new Int32Array(widths[group]!));
  }
  for (let start = 0, end = 0; start < groupOf.length; start = end) {
    const group = groupOf[start]!;
    while (end < groupOf.length && groupOf[end] === group) end += 1;
    placeRun(byGroup.get(group)!, filled.get(group)!, channelOf, start, end);
  }
  return byGroup;
}

/** Writes the places from `start` to `end`, all of one group, behind the earlier places of their channels; `filled` counts these. */
function placeRun(indices: Int32Array, filled: Int32Array, channelOf: Int32Array, start: number, end: number): void {
  const multiplicity = indices.length / filled.length;
  for (let place = start; place < end; place++) {
    const channel = channelOf[place]!;
    indices[channel * multiplicity + filled[channel]!] = place;
    filled[channel]! += 1;
  }
}

const namingRoles: readonly MemberAxis['role'][] = ['out', 'depthwise', 'pad', 'in'];

function nameGroup(
  channels: number,
  members: readonly GroupMember[],
  lock: string | null,
  graph: Graph,
  takenIds: Set<string>,
): DependencyGroup {
  const producer = namingRoles.map((role) => members.find((member) => member.role === role)).find((member) => member !== undefined);
  const base = lock === 'they are the network’s input' ? graph.nodes[0]!.layer : (producer?.layer ?? 'channels');
  let id = base;
  for (let copy = 2; takenIds.has(id); copy++) id = `${base}:${copy}`;
  takenIds.add(id);
  const reason = lock ?? reasonToStay(channels, members);
  return { id, channels, members, prunable: reason === null, reason };
}

function reasonToStay(channels: number, members: readonly GroupMember[]): string | null {
  if (!members.some(({ role }) => role === 'out')) return 'no kernel makes these channels';
  return channels === 1 ? 'there is only one channel' : null;
}
