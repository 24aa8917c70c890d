import { badInput, type InboundTensor } from '@espalier/core';
import { z } from 'zod';
import { badArtifact } from '../../faults.ts';
import type { KerasModel, KerasVersion, StoredLayer } from '../model.ts';
import { flatten, type ModelTree, type TreeLayer } from './flatten.ts';
import { isRecord, readCall, readReferences, unsupported } from './inbound.ts';

const ConfigSchema = z.looseObject({ name: z.string().min(1) });

const LayerSchema = z.looseObject({
  class_name: z.string().min(1),
  name: z.string().min(1).optional(),
  config: ConfigSchema,
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
  build_config: z.unknown().optional(),
  inbound_nodes: z.array(z.unknown()).default([]),
});
type LayerEntry = z.infer<typeof LayerSchema>;

const SequentialSchema = z.looseObject({
  name: z.string().default('sequential'),
  layers: z.array(LayerSchema).min(1),
  build_input_shape: z.unknown().optional(),
});

const FunctionalSchema = z.looseObject({
  name: z.string().default('functional'),
  layers: z.array(LayerSchema).min(1),
  input_layers: z.unknown(),
  output_layers: z.unknown(),
});

const ModelSchema = z.looseObject({ class_name: z.string(), config: z.unknown(), registered_name: z.string().nullish() });

const modelTypes: ReadonlySet<string> = new Set(['Functional', 'Model', 'Sequential']);

/**
 * Reads the config of a functional or sequential model, in the dialect of Keras 2 or 3, with models inside it spread out. `file` is where it
 * stands, for messages. Throws BAD_ARTIFACT for what is no config, UNSUPPORTED_LAYER for code that no file holds: custom layers, lambdas,
 * subclassed models.
 */
export function readModelConfig(value: unknown, version: KerasVersion, file: string): KerasModel<StoredLayer> {
  const model = ModelSchema.safeParse(value);
  if (!model.success) throw notAModel(file, model.error);
  const { class_name: type, config } = model.data;
  if (!modelTypes.has(type))
    throw badArtifact(
      `${file} holds a ${type}: a model whose layers are in Python code, which no file holds`,
      [file, 'class_name'],
      'Build the model with keras.Model(inputs, outputs) or keras.Sequential, load its weights, and save it again.',
    );
  return flatten(readTree(type, config, file), version);
}

function readTree(type: string, config: unknown, file: string): ModelTree {
  if (type === 'Sequential') {
    // Before Keras 2.3 the config was the list of layers itself.
    const sequential = SequentialSchema.safeParse(Array.isArray(config) ? { layers: config } : config);
    if (!sequential.success) throw notAModel(file, sequential.error);
    return chain(sequential.data, file);
  }
  const functional = FunctionalSchema.safeParse(config);
  if (!functional.success) throw notAModel(file, functional.error);
  const { name, layers, input_layers: inputs, output_layers: outputs } = functional.data;
  return {
    name,
    isSequential: false,
    layers: layers.map((entry) => {
      const calls = entry.inbound_nodes.map((node) => readCall(nameOf(entry), node));
      return readLayer(
        entry,
        calls.map(({ tensors }) => tensors),
        file,
        calls.flatMap(({ constants }) => constants),
      );
    }),
    inputs: readReferences(inputs),
    outputs: readReferences(outputs),
  };
}

const nameOf = ({ name, config }: LayerEntry): string => name ?? config.name;

function readLayer(
  entry: LayerEntry,
  inbound: readonly (readonly InboundTensor[])[],
  file: string,
  constants: readonly unknown[] = [],
): TreeLayer {
  const { class_name: type, config, module, registered_name: registered } = entry;
  const name = nameOf(entry);
  if (registered?.includes('>') || type.includes('>'))
    throw unsupported(
      name,
      `its type ${registered ?? type} is a custom layer, whose code is not in the file`,
      'Build the model from layers of Keras itself.',
    );
  if (type === 'Lambda' || type === 'TFOpLambda' || type === 'SlicingOpLambda')
    throw unsupported(
      name,
      `its type ${type} is Python code, which is not run`,
      'Replace it by layers of Keras, and save the model again.',
    );
  // Keras 3 marks what is no layer by its module; its h5 files leave the module out, and the config then has nothing but the name.
  const isOperation = module?.includes('.ops.') ?? false;
  const inner = modelTypes.has(type) ? readTree(type, config, `${file} (${name})`) : null;
  return { type, name, settings: { ...config, name }, inbound, constants, isOperation, inner };
}

/** A sequential model: each layer reads the one before. Its input is a layer, or a setting of the first layer or of the whole. */
function chain({ name, layers, build_input_shape: built }: z.infer<typeof SequentialSchema>, file: string): ModelTree {
  const [first] = layers;
  const entries = first!.class_name === 'InputLayer' ? layers : [inputOf(first!, built), ...layers];
  const read = entries.map((entry, index) =>
    readLayer(entry, index === 0 ? [] : [[[nameOf(entries[index - 1]!), 0, 0, {}] satisfies InboundTensor]], file),
  );
  return {
    name,
    isSequential: true,
    layers: read,
    inputs: [[read[0]!.name, 0, 0]],
    outputs: [[read[read.length - 1]!.name, 0, 0]],
  };
}

function inputOf(first: LayerEntry, built: unknown): LayerEntry {
  const { config, build_config: build } = first;
  // Without one, the model was saved before it knew; inside another it has no need to know.
  const shape = config['batch_input_shape'] ?? config['batch_shape'] ?? built ?? (isRecord(build) ? build['input_shape'] : undefined);
  const name = `${nameOf(first)}_input`;
  return { class_name: 'InputLayer', config: { name, batch_input_shape: shape }, inbound_nodes: [] };
}

const notAModel = (file: string, error: z.ZodError) =>
  badInput('BAD_ARTIFACT', file, error, 'Save the whole model with model.save, as .keras or .h5.');
