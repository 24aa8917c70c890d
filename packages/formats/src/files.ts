import path from 'node:path';
import type { NetworkData } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { badArtifact, badPath } from './faults.ts';
import { explained, isFolder, largestFile, readFileWithin, writeFolder } from './file-system.ts';
import type { FileFormat, FormatName, NetworkFormat, Reading, ReadOptions, WriteOptions } from './format.ts';
import { fileFormats, folderFormat, formats } from './formats.ts';
import { modelFile } from './layers-model/write.ts';

export interface NetworkFile {
  readonly network: NetworkData;
  readonly format: FormatName;
  /** What was converted or left out, a sentence each; none of it changes what the network computes. */
  readonly warnings: readonly string[];
}

/**
 * Reads a network from a file or folder of any format. What the file holds decides which format that is; its name does only where that leaves
 * a choice. Throws NOT_FOUND and BAD_INPUT for the path, BAD_ARTIFACT naming the place in the file, BAD_NETWORK and UNSUPPORTED_LAYER naming the layer.
 */
export async function readNetworkFile(place: string, options: ReadOptions = {}): Promise<NetworkFile> {
  const warnings: string[] = [];
  const reading: Reading = { ...options, warn: (message) => warnings.push(message) };
  const readFolder = async (file: string): Promise<NetworkFile> => ({
    network: await folderFormat.read(file, reading),
    format: folderFormat.name,
    warnings,
  });
  if (await isFolder(place)) return readFolder(path.join(place, modelFile));
  const bytes = await readFileWithin(place, largestFile);
  if (isJson(bytes)) return readFolder(place);
  const format = formatOfBytes(place, bytes);
  return { network: await format.decode(bytes, reading), format: format.name, warnings };
}

/** The first character of text; no other format begins so. */
const isJson = (bytes: Uint8Array): boolean => /^\s*\{/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64)));

const hasExtensionOf = (place: string, { extensions }: NetworkFormat): boolean =>
  extensions.some((extension) => place.toLowerCase().endsWith(extension));

function formatOfBytes(place: string, bytes: Uint8Array): FileFormat {
  const fitting = fileFormats.filter((format) => format.recognises(bytes));
  const named = (fitting.length > 1 ? fitting : fileFormats).find((format) => hasExtensionOf(place, format));
  const format = fitting.length === 1 ? fitting[0] : (named ?? fitting[0]);
  if (format !== undefined) return format;
  throw badArtifact(
    `${place} is in none of the formats that are read here`,
    [place],
    `Export the network as one of: ${formats.map(({ title, extensions }) => `${title} (${extensions[0]})`).join(', ')}.`,
  );
}

/**
 * Writes a network so that a reader finds the old file or the new one, never a half. Without `format`, the ending of `place` decides: `.zip`,
 * `.h5`, `.keras`, `.onnx`, and anything else is a folder of `model.json` and its weights. The same network gives the same bytes.
 * `bytes` is what was written, over all files.
 */
export async function writeNetworkFile(
  place: string,
  network: NetworkData,
  { format: name, ...options }: WriteOptions & { readonly format?: FormatName } = {},
): Promise<{ format: FormatName; bytes: number }> {
  const format = name === undefined ? formatOfPath(place) : formats.find((candidate) => candidate.name === name)!;
  if (format.layout === 'folder') {
    const files = await format.encode(network, options);
    await writeFolder(path.basename(place) === modelFile ? path.dirname(place) : place, files);
    return { format: format.name, bytes: [...files.values()].reduce((total, { length }) => total + length, 0) };
  }
  if (place.endsWith('/')) throw badPath(`${place} is a folder, but ${format.title} is one file`, place, 'Name a file.');
  const bytes = await format.encode(network, options);
  try {
    await writeFileAtomically(place, bytes);
  } catch (error) {
    throw explained(error, place);
  }
  return { format: format.name, bytes: bytes.length };
}

/** The format in which a network is written where the name of its place alone decides. */
export const formatOfPath = (place: string): NetworkFormat => fileFormats.find((format) => hasExtensionOf(place, format)) ?? folderFormat;
