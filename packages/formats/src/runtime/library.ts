import { createRequire } from 'node:module';
import { EspalierError } from '@espalier/core';
import type * as Library from 'onnxruntime-node';

let loaded: Promise<typeof Library> | undefined;

/** ONNX Runtime, loaded when it is first asked for: reading and writing files needs none. Throws UNAVAILABLE where it does not load. */
export const onnxRuntime = (): Promise<typeof Library> => (loaded ??= import('onnxruntime-node').catch(refuse));

function refuse(error: unknown): never {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  throw new EspalierError('UNAVAILABLE', `ONNX Runtime does not load on ${process.platform}-${process.arch}: ${reason}`, {
    hint: 'It is made for Linux and Windows on x64 and arm64, and for macOS on arm64; run `npm run setup` there.',
    path: ['onnxruntime-node'],
    cause: error,
  });
}

/** Such as `1.30.0`. */
export function onnxRuntimeVersion(): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return version;
}
