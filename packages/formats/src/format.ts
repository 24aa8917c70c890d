import type { NetworkData } from '@espalier/core';

/** The names of the formats, as they are written on the command line. */
export type FormatName = 'tfjs-folder' | 'tfjs-zip' | 'keras-h5' | 'keras' | 'onnx';

export interface ReadOptions {
  /** [height, width, channels] for a network whose file leaves the size of its input open; where the file fixes it, this has to agree. */
  readonly inputShape?: readonly number[];
}

export interface WriteOptions {
  /** The opset of an ONNX file; other formats have none. */
  readonly opset?: number;
}

/** One reading of a file: what the caller wants of it, and where to say what was done beyond reading. */
export interface Reading extends ReadOptions {
  /** Tells of something that was converted or left out without changing what the network computes. */
  warn(message: string): void;
}

/** A reading that nobody listens to. */
export const inSilence: Reading = { warn: () => undefined };

interface FormatFacts {
  readonly name: FormatName;
  readonly title: string;
  /** Endings of file names, with their dot and in small letters; the first is the usual one. */
  readonly extensions: readonly string[];
}

/** A format that keeps a network in one file. */
export interface FileFormat extends FormatFacts {
  readonly layout: 'file';
  /** Whether the bytes are those of this format. Never throws: a file too damaged to tell is nobody's. */
  recognises(bytes: Uint8Array): boolean;
  /** Throws BAD_ARTIFACT naming the place in the file, BAD_NETWORK or UNSUPPORTED_LAYER naming the layer. */
  decode(bytes: Uint8Array, reading: Reading): Promise<NetworkData>;
  /** The same network gives the same bytes. Throws BAD_NETWORK, or UNSUPPORTED_LAYER for what the format can't say. */
  encode(network: NetworkData, options: WriteOptions): Promise<Uint8Array>;
}

/** A format that keeps a network in a folder of files. */
export interface FolderFormat extends FormatFacts {
  readonly layout: 'folder';
  /** `modelFile` is the path of the JSON file that names the others. */
  read(modelFile: string, reading: Reading): Promise<NetworkData>;
  /** The files by name, in the order in which they are to be written: the one that names the others comes first. */
  encode(network: NetworkData, options: WriteOptions): Promise<ReadonlyMap<string, Uint8Array>>;
}

export type NetworkFormat = FileFormat | FolderFormat;
