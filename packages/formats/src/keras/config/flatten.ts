import type { InboundTensor } from '@espalier/core';
import { variableGroups } from '../archive/variable-groups.ts';
import type { KerasLayer, KerasModel, KerasVersion, StoredLayer } from '../model.ts';
import { unsupported } from './inbound.ts';

/** A layer, or a model inside the model. */
export interface TreeLayer extends KerasLayer {
  readonly inner: ModelTree | null;
}

/** A model as its config nests it. */
export interface ModelTree {
  readonly name: string;
  readonly isSequential: boolean;
  readonly layers: readonly TreeLayer[];
  readonly inputs: readonly [string, number, number][];
  readonly outputs: readonly [string, number, number][];
}

/** What a name in one model stands for: a layer of the flat one, or the tensors that go in or come out of a model. */
type Meaning = { readonly layer: string } | { readonly tensors: readonly InboundTensor[] };
type Scope = Map<string, Meaning>;

interface Enclosing {
  /** The names of the models around, outermost first. */
  readonly models: readonly string[];
  /** The group of the innermost in `model.weights.h5`, with a slash behind it. */
  readonly variables: string;
  /** What its inputs are; null in the outermost model, whose inputs are layers. */
  readonly inputs: readonly InboundTensor[] | null;
}

/**
 * The model without models inside: their layers take their place, under their own names where no other layer has them. An inner model may be called
 * once; one that is shared would be two copies here, which no longer share.
 */
export function flatten(tree: ModelTree, version: KerasVersion): KerasModel<StoredLayer> {
  const found: { layer: StoredLayer; scope: Scope }[] = [];
  const names: Names = new Map(tree.layers.filter(({ inner }) => inner === null).map(({ name }) => [withoutSlash(name), 1]));

  const spread = (model: ModelTree, enclosing: Enclosing): InboundTensor[] => {
    const scope: Scope = new Map();
    const groups = variableGroups(model.layers, model.isSequential, enclosing.variables);
    model.inputs.forEach(([input], index) => {
      const given = enclosing.inputs?.[index];
      if (given !== undefined) scope.set(input, { tensors: [given] });
    });
    for (const layer of model.layers) {
      if (scope.has(layer.name) && layer.type === 'InputLayer') continue;
      const variables = groups.get(layer.name) ?? '';
      if (layer.inner !== null) {
        const inside = {
          models: [...enclosing.models, layer.name],
          variables: variables.slice(0, -'vars'.length),
          inputs: onlyCall(layer).map((tensor) => resolved(layer.name, tensor, scope)),
        };
        scope.set(layer.name, { tensors: spread(layer.inner, inside) });
        continue;
      }
      const plain = withoutSlash(layer.name);
      const name = enclosing.models.length === 0 ? plain : freeName(plain, enclosing.models, names);
      scope.set(layer.name, { layer: name });
      const stored = { name: layer.name, group: enclosing.models[0] ?? layer.name, isInside: enclosing.models.length > 0, variables };
      found.push({ layer: { ...layer, name, settings: { ...layer.settings, name }, stored }, scope });
    }
    return model.outputs.map((output) => resolved(model.name, output, scope));
  };

  const outputs = spread(tree, { models: [], variables: '', inputs: null });
  return {
    name: tree.name,
    version,
    // Only now is it known what every name means: a layer may be listed before what it reads.
    layers: found.map(({ layer, scope }) => ({
      ...layer,
      inbound: layer.inbound.map((call) => call.map((tensor) => resolved(layer.name, tensor, scope))),
    })),
    inputs: tree.inputs.map(([layer, call, tensor]) => [withoutSlash(layer), call, tensor]),
    outputs: outputs.map(([layer, call, tensor]) => [layer, call, tensor]),
  };
}

/** Keras 2 allows a slash in a name (`conv1/bn`); in the names of weights here it ends that of the layer. */
const withoutSlash = (name: string): string => name.replaceAll('/', '_');

function onlyCall({ name, type, inbound }: TreeLayer): readonly InboundTensor[] {
  const [call] = inbound;
  if (call !== undefined && inbound.length === 1) return call;
  throw unsupported(
    name,
    `is a ${type} model inside the model that is called ${inbound.length} times`,
    'Call its layers in the outer model, and save that.',
  );
}

/** A name that means nothing passes, for the graph to refuse with its reader. */
function resolved(reader: string, reference: readonly [string, number, number, unknown?], scope: Scope): InboundTensor {
  const [name, call, tensor] = reference;
  const meaning = scope.get(name);
  if (meaning === undefined) return [name, call, tensor, {}];
  if ('layer' in meaning) return [meaning.layer, call, tensor, {}];
  const found = meaning.tensors[tensor];
  if (found !== undefined) return found;
  throw unsupported(reader, `reads output ${tensor} of ${name}, which has ${meaning.tensors.length}`, 'Save the model again.');
}

/** Names that are taken, each with the number that a further layer of that name would get. */
type Names = Map<string, number>;

function freeName(name: string, models: readonly string[], taken: Names): string {
  let free = name;
  for (let outer = models.length - 1; taken.has(free) && outer >= 0; outer--) free = `${models[outer]}_${free}`;
  while (taken.has(free)) {
    const number = taken.get(free)!;
    taken.set(free, number + 1);
    free = `${free}_${number}`;
  }
  taken.set(free, 1);
  return free;
}
