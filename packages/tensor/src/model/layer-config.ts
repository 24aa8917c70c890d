import { type tf } from '../tf.ts';

/** Lists whose first member is the name of a layer or tensor, and must stay as it is. */
const referenceLists = new Set(['inboundNodes', 'inputLayers', 'outputLayers']);

/**
 * A LayersModel file writes keys and enumerated values in snake case, as Keras does; the constructors of TF.js take them in camel case.
 * TF.js converts only inside its asynchronous model loader; this is the same rule for a topology at hand.
 */
export function toConstructorConfig(value: unknown, key?: string): tf.serialization.ConfigDictValue {
  if (typeof value === 'string') return camelCase(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    const isReference = key !== undefined && referenceLists.has(key);
    return value.map((member, index) =>
      isReference && index === 0 && typeof member === 'string' ? member : toConstructorConfig(member, key),
    );
  }
  const config: tf.serialization.ConfigDict = {};
  for (const [name, member] of Object.entries(value)) {
    const camelName = camelCase(name);
    config[camelName] = name === 'name' && typeof member === 'string' ? member : toConstructorConfig(member, camelName);
  }
  return config;
}

function camelCase(text: string): string {
  return text.length > 1 ? text.replaceAll(/_+(\w|$)/g, (_match, letter: string) => letter.toUpperCase()) : text;
}
