import { tf } from '../tf.ts';
import { ChannelPadding } from './channel-padding.ts';

/** The layers of this project that TF.js does not have, by the `class_name` under which topologies name them. */
const ownLayers = [ChannelPadding];

let registered = false;

/** Makes the project's own layers known to TF.js, once a process. */
export function registerLayers(): void {
  if (registered) return;
  for (const layer of ownLayers) tf.serialization.registerClass(layer);
  registered = true;
}
