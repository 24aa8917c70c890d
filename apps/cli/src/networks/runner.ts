import { readFile, stat } from 'node:fs/promises';
import type { NetworkData } from '@espalier/core';
import type { Runner } from '@espalier/formats';
import type { Output } from '../output.ts';
import { isFromZoo, type NetworkChoices, openNetwork } from './open.ts';

export type Engine = 'TensorFlow' | 'ONNX Runtime';

/** A network in the engine that its form is made for: an ONNX file, byte for byte, in ONNX Runtime, everything else in TensorFlow. */
export interface OpenedRunner {
  readonly runner: Runner;
  readonly engine: Engine;
  /** Also there for an ONNX file where it was asked for. */
  readonly warnings: readonly string[];
}

/** Throws as `openNetwork` and `onnxRunner` do. */
export async function openRunner(named: string, choices: NetworkChoices, output: Output): Promise<OpenedRunner> {
  const onnx = await onnxBytes(named);
  if (onnx !== null) {
    const { onnxRunner } = await import('@espalier/formats');
    return { runner: await onnxRunner(onnx), engine: 'ONNX Runtime', warnings: [] };
  }
  const { network, warnings } = await openNetwork(named, choices);
  return { runner: await inTensorFlow(network, output), engine: 'TensorFlow', warnings };
}

/** Says on standard error where TensorFlow is not what it should be. */
export async function inTensorFlow(network: NetworkData, output: Output): Promise<Runner> {
  const [{ openBackend }, { tensorflowRunner }] = await Promise.all([
    import('@espalier/tensor'),
    import('@espalier/training/verification'),
  ]);
  const { warning } = await openBackend();
  if (warning !== null) output.note(`warning: ${warning}`);
  return tensorflowRunner(network);
}

/** The file's bytes if the name is that of an ONNX file. Throws NOT_FOUND for a name of nothing. */
export async function onnxBytes(place: string): Promise<Uint8Array | null> {
  if (isFromZoo(place) || (await stat(place)).isDirectory()) return null;
  const { formats } = await import('@espalier/formats');
  const bytes = await readFile(place);
  const fitting = formats.filter((format) => format.layout === 'file' && format.recognises(bytes)).map(({ name }) => name);
  return fitting.includes('onnx') && (fitting.length === 1 || place.toLowerCase().endsWith('.onnx')) ? bytes : null;
}
