import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError, type ArtifactKind, type Digest, type NetworkData, type OutputFile } from '@espalier/core';
import { digestOf, digestOfFile, writeFileAtomically } from '@espalier/core/node';
import { encodeNetwork, readNetworkFile as readAnyFormat } from '@espalier/formats';

export interface NetworkFile {
  readonly network: NetworkData;
  readonly digest: Digest;
  readonly bytes: number;
}

/**
 * A network in any format. Digest and size are those of its canonical file, which is what the portal keeps, so that networks are compared alike.
 * @throws EspalierError `NOT_FOUND` for a file that is not there, `BAD_ARTIFACT` for one that is no network
 */
export async function readNetworkFile(file: string): Promise<NetworkFile> {
  const { network, format } = await readAnyFormat(file);
  if (format === 'tfjs-zip') return { network, digest: await digestOfFile(file), bytes: (await stat(file)).size };
  const content = encodeNetwork(network);
  return { network, digest: digestOf(content), bytes: content.length };
}

/** Writes a network into the job's folder as its output `network`. */
export async function writeNetworkFile(workDirectory: string, network: NetworkData): Promise<OutputFile> {
  return writeOutput(workDirectory, { name: 'network', fileName: 'network.zip', kind: 'network', content: encodeNetwork(network) });
}

export interface OutputContent {
  readonly name: string;
  readonly fileName: string;
  readonly kind: ArtifactKind;
  readonly content: Uint8Array;
}

export async function writeOutput(workDirectory: string, { name, fileName, kind, content }: OutputContent): Promise<OutputFile> {
  await mkdir(workDirectory, { recursive: true });
  const file = path.join(workDirectory, fileName);
  await writeFileAtomically(file, content);
  return { name, path: file, kind, digest: digestOf(content), bytes: content.length };
}

/** @throws EspalierError `NOT_FOUND`, naming the file. */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'EISDIR')) {
      throw new EspalierError('NOT_FOUND', `there is no file ${file}`, { hint: 'Check the path.', cause });
    }
    throw cause;
  }
}
