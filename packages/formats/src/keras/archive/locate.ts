import type { Hdf5Contents, Hdf5Dataset } from '../hdf5/messages.ts';
import { wantedVariables } from '../layers/variables.ts';
import type { KerasModel, StoredLayer } from '../model.ts';

/**
 * The datasets of each layer in `model.weights.h5` of a `.keras` file: `layers/<type>_<number>/vars/0`, `1` and so on. Since Keras 3.6 the group says
 * the layer's name; before, only its place among the layers of its type does.
 */
export function locateInArchive(
  { layers }: KerasModel<StoredLayer>,
  { groups, datasets }: Hdf5Contents,
): ReadonlyMap<string, readonly Hdf5Dataset[]> {
  const variables = new Map<string, Hdf5Dataset[]>();
  for (const dataset of datasets) {
    const [, group] = /^(.*)\/\d+$/.exec(dataset.path) ?? [];
    if (group === undefined) continue;
    const list = variables.get(group);
    if (list === undefined) variables.set(group, [dataset]);
    else list.push(dataset);
  }
  // A name is good within its own model only: the group two levels above `<type>/vars`.
  const siblings = (path: string): string => path.split('/').slice(0, -2).join('/');
  const byName = new Map<string, string>();
  for (const { path, attributes } of groups)
    if (typeof attributes['name'] === 'string') byName.set(`${siblings(path)}/${attributes['name']}`, path);

  const located = new Map<string, readonly Hdf5Dataset[]>();
  for (const { name, type, stored } of layers) {
    const wanted = wantedVariables(type);
    if (wanted === 0) continue;
    const place = stored.variables;
    // TensorFlow 2.13 wrote `.keras` files with another name for the list of layers.
    const candidates = [
      byName.get(`${siblings(place)}/${stored.name}`) ?? place,
      place.replaceAll(/(^|\/)layers\//g, '$1_layer_checkpoint_dependencies/'),
    ];
    const found = candidates.map((group) => variables.get(group)).find((list) => list !== undefined) ?? [];
    const number = ({ path }: Hdf5Dataset) => Number(path.slice(path.lastIndexOf('/') + 1));
    located.set(name, [...found].sort((a, b) => number(a) - number(b)).slice(0, wanted));
  }
  return located;
}
