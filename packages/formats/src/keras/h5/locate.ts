import { badArtifact } from '../../faults.ts';
import { unsupported } from '../config/inbound.ts';
import type { Hdf5Contents, Hdf5Dataset } from '../hdf5/messages.ts';
import { wantedVariables } from '../layers/variables.ts';
import type { KerasModel, StoredLayer } from '../model.ts';

export const weightsGroup = 'model_weights';

/**
 * The datasets of each layer of an `.h5` file: the group `model_weights/<layer>` lists them in its attribute `weight_names`, in the order in which
 * Keras makes them, as paths inside the group. That of a model inside lists the variables of all its layers, as `<layer>/<variable>`. Throws
 * BAD_ARTIFACT where the list names something that is not there, UNSUPPORTED_LAYER where names inside a model are not unique.
 */
export function locateInH5(
  { layers }: KerasModel<StoredLayer>,
  { groups, datasets }: Hdf5Contents,
): ReadonlyMap<string, readonly Hdf5Dataset[]> {
  const groupAt = new Map(groups.map((group) => [group.path, group]));
  const namesInside = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const datasetAt = new Map(datasets.map((dataset) => [dataset.path, dataset]));
  const located = new Map<string, readonly Hdf5Dataset[]>();
  const seen = new Set<string>();
  for (const { name, type, stored } of layers) {
    const wanted = wantedVariables(type);
    const group = groupAt.get(`${weightsGroup}/${stored.group}`);
    if (wanted === 0 || group === undefined) continue;
    if (seen.has(`${stored.group}/${stored.name}`))
      throw unsupported(
        stored.group,
        `is a model with two layers named ${stored.name} inside, and an .h5 file does not tell whose weights are whose`,
        'Save the model as .keras.',
      );
    seen.add(`${stored.group}/${stored.name}`);
    if (!namesInside.has(group.path)) namesInside.set(group.path, byLayer(listed(group.attributes, 'weight_names')));
    const names = namesInside.get(group.path)!;
    const found = ((stored.isInside ? names.get(stored.name) : names.get(everyLayer)) ?? []).slice(0, wanted);
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

/** A name that no layer has. */
const everyLayer = '';

/**
 * Names of variables by their layer: what stands before the last slash (`conv1/bn/gamma` of Keras 2), or of that the last part (`model/conv/kernel` of
 * Keras 3); and all of them.
 */
function byLayer(weights: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const layers = new Map<string, string[]>([[everyLayer, [...weights]]]);
  for (const weight of weights) {
    const layer = weight.slice(0, Math.max(weight.lastIndexOf('/'), 0));
    for (const name of new Set([layer, layer.slice(layer.lastIndexOf('/') + 1)])) {
      if (name === everyLayer) continue;
      const list = layers.get(name);
      if (list === undefined) layers.set(name, [weight]);
      else list.push(weight);
    }
  }
  return layers;
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
