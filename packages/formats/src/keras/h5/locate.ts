import { badArtifact } from '../../faults.ts';
import type { Hdf5Contents, Hdf5Dataset } from '../hdf5/messages.ts';
import { wantedVariables } from '../layers/variables.ts';
import type { KerasModel } from '../model.ts';

export const weightsGroup = 'model_weights';

/**
 * The datasets of each layer of an `.h5` file: the group `model_weights/<layer>` lists them in its attribute `weight_names`, in the order in which
 * Keras makes them, as paths inside the group. Throws BAD_ARTIFACT where the list names something that is not there.
 */
export function locateInH5({ layers }: KerasModel, { groups, datasets }: Hdf5Contents): ReadonlyMap<string, readonly Hdf5Dataset[]> {
  const groupAt = new Map(groups.map((group) => [group.path, group]));
  const datasetAt = new Map(datasets.map((dataset) => [dataset.path, dataset]));
  const located = new Map<string, readonly Hdf5Dataset[]>();
  for (const { name, type } of layers) {
    const wanted = wantedVariables(type);
    const group = groupAt.get(`${weightsGroup}/${name}`);
    if (wanted === 0 || group === undefined) continue;
    const found = listed(group.attributes, 'weight_names').slice(0, wanted);
    located.set(
      name,
      found.map((weight) => {
        const path = `${group.path}/${weight}`;
        const dataset = datasetAt.get(path);
        if (dataset !== undefined) return dataset;
        throw badArtifact(`weight ${path} is named, but is not in the file`, ['weights', path], 'Save the model again.');
      }),
    );
  }
  return located;
}

/** A list of texts, which is in several attributes with a number behind the name where it is too long for one. */
export function listed(attributes: Readonly<Record<string, string | readonly string[]>>, name: string): string[] {
  const whole = attributes[name];
  if (whole !== undefined) return typeof whole === 'string' ? [whole] : [...whole];
  const list: string[] = [];
  for (let part = 0; ; part++) {
    const some = attributes[`${name}${part}`];
    if (some === undefined) return list;
    list.push(...(typeof some === 'string' ? [some] : some));
  }
}
