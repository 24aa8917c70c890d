import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import protobuf from 'protobufjs/light.js';
import { acceleration } from '../backend/acceleration.ts';
import { type Binding } from '../backend/native.ts';
import { type GraphNode } from './graph-def.ts';
import { sessionConfig, withSessionConfig } from './session-config.ts';

/** The largest GraphDef that protobuf lets TensorFlow read is 2 GiB; this leaves room for everything but constants. */
export const MAXIMUM_CONSTANT_BYTES = 1.5 * 2 ** 30;

const TAG = 'serve';

/** The GraphDef version in which the operations used here have their present meaning: that of TensorFlow 2.16. */
const PRODUCER_VERSION = 1882;

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** A map field, which protobufjs reads but types only as a plain one. */
const attributeMap: protobuf.IMapField = { keyType: 'string', type: 'Attribute', id: 5 };

/** The part of TensorFlow's saved_model.proto that is written: field numbers and types are the format, names are ours. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Dimension: { fields: { size: { type: 'int64', id: 1 } } },
    Shape: { fields: { dim: repeated('Dimension', 2) } },
    Tensor: {
      fields: { dtype: { type: 'int32', id: 1 }, tensorShape: { type: 'Shape', id: 2 }, tensorContent: { type: 'bytes', id: 4 } },
    },
    AttributeList: {
      fields: {
        s: repeated('bytes', 2),
        i: repeated('int64', 3),
        f: repeated('float', 4),
        b: repeated('bool', 5),
        type: repeated('int32', 6),
        shape: repeated('Shape', 7),
      },
    },
    Attribute: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: { type: 'AttributeList', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'Shape', id: 7 },
        tensor: { type: 'Tensor', id: 8 },
      },
    },
    Node: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: repeated('string', 3),
        attr: attributeMap,
      },
    },
    Versions: { fields: { producer: { type: 'int32', id: 1 } } },
    Graph: { fields: { node: repeated('Node', 1), versions: { type: 'Versions', id: 4 } } },
    MetaInformation: { fields: { tags: repeated('string', 4) } },
    MetaGraph: { fields: { metaInfoDef: { type: 'MetaInformation', id: 1 }, graphDef: { type: 'Graph', id: 2 } } },
    SavedModel: { fields: { savedModelSchemaVersion: { type: 'int64', id: 1 }, metaGraphs: repeated('MetaGraph', 2) } },
  },
});

/** Encodes a graph as the bytes of a `saved_model.pb` without a variables folder. */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  return schema
    .lookupType('SavedModel')
    .encode({
      savedModelSchemaVersion: 1,
      metaGraphs: [{ metaInfoDef: { tags: [TAG] }, graphDef: { node: nodes, versions: { producer: PRODUCER_VERSION } } }],
    })
    .finish();
}

/** Loads a graph into a TensorFlow session of its own and returns the session's id; nothing is left on disk. */
export function loadGraph(binding: Binding, nodes: readonly GraphNode[]): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'espalier-step-'));
  try {
    writeFileSync(path.join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return withSessionConfig(sessionConfig(acceleration()), () => binding.loadSavedModel(folder, TAG));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
