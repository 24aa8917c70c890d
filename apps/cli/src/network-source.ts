import type { NetworkSource } from '@espalier/core';
import { zooEntry } from '@espalier/zoo';
import { isFromZoo } from './networks/open.ts';

/** What a person names as a network, as a training job has it. Throws NOT_FOUND where there is no such name and no such file. */
export function networkSource(
  named: string,
  { inputShape, classes }: { inputShape?: [number, number, number]; classes?: number },
): NetworkSource {
  if (!isFromZoo(named)) return { from: 'file', path: named };
  const entry = zooEntry(named);
  const [height, width, channels] = inputShape ?? entry.inputShape;
  return { from: 'zoo', name: named, inputShape: [height, width, channels], classes: classes ?? entry.classes };
}
