import { badInput, type EspalierError, type Topology } from '@espalier/core';
import { z } from 'zod';
import { badArtifact } from '../faults.ts';

const TensorReferenceSchema = z.tuple([z.string(), z.number().int().nonnegative(), z.number().int().nonnegative()]);
const InboundTensorSchema = z.union([
  TensorReferenceSchema,
  z.tuple([z.string(), z.number().int().nonnegative(), z.number().int().nonnegative(), z.record(z.string(), z.unknown())]),
]);

const LayerSchema = z
  .object({
    class_name: z.string().min(1),
    name: z.string().min(1),
    config: z.looseObject({ name: z.string().min(1) }),
    inbound_nodes: z.array(z.array(InboundTensorSchema)),
  })
  .refine((layer) => layer.config.name === layer.name, { path: ['config', 'name'], error: 'is not the name of the layer' });

const TopologySchema = z.object({
  class_name: z.enum(['Model', 'Functional'], { error: 'must be Model or Functional: a network of named layers' }),
  config: z.object({
    name: z.string(),
    layers: z.array(LayerSchema).min(1),
    input_layers: z.array(TensorReferenceSchema).min(1),
    output_layers: z.array(TensorReferenceSchema).min(1),
  }),
  keras_version: z.string().default('tfjs-layers 4.22.0'),
  backend: z.string().default('tensor_flow.js'),
});

const WeightGroupSchema = z.object({
  paths: z.array(z.string().min(1)).min(1),
  weights: z.array(
    z.object({
      name: z.string().min(1),
      shape: z.array(z.number().int().nonnegative()),
      dtype: z.string(),
      quantization: z.unknown().optional(),
    }),
  ),
});
export type WeightGroup = z.infer<typeof WeightGroupSchema>;

const ModelJsonSchema = z.object({ modelTopology: z.looseObject({}), weightsManifest: z.array(WeightGroupSchema) });

export interface ModelJson {
  /** The model's class and config, in whichever dialect. */
  readonly model: Readonly<Record<string, unknown>>;
  readonly manifest: readonly WeightGroup[];
}

/** Reads `model.json`: the model as it stands, or wrapped in `model_config` as the Keras converter leaves it. Throws BAD_ARTIFACT. */
export function parseModelJson(bytes: Uint8Array, file: string): ModelJson {
  const outer = ModelJsonSchema.safeParse(parseJson(bytes, file));
  if (!outer.success) throw notAModel(file, outer.error);
  const { modelTopology, weightsManifest } = outer.data;
  const { model_config: wrapped, ...rest } = modelTopology;
  return {
    model: typeof wrapped === 'object' && wrapped !== null ? { ...rest, ...wrapped } : modelTopology,
    manifest: weightsManifest,
  };
}

/** The topology of a functional LayersModel. Throws BAD_ARTIFACT. */
export function parseTopology(model: unknown, file: string): Topology {
  const topology = TopologySchema.safeParse(model);
  if (!topology.success) throw notAModel(file, topology.error);
  return topology.data;
}

/** Throws BAD_ARTIFACT for what is no JSON in UTF-8, or nested beyond reason. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw badArtifact(`${file} is not JSON`, [file], 'Export the network again.', error);
  }
  if (!isShallow(value, deepestNesting))
    throw badArtifact(`${file} nests lists or objects more than ${deepestNesting} deep`, [file], 'Export the network again.');
  return value;
}

/** No topology needs a tenth of it, and whatever walks through the values later may recurse. */
const deepestNesting = 100;

const isShallow = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' || value === null || (depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1)));

const notAModel = (file: string, error: z.ZodError): EspalierError =>
  badInput('BAD_ARTIFACT', file, error, 'Save the network as a functional LayersModel with tf.LayersModel.save.');
