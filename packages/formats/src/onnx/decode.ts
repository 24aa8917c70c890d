import type { NetworkData } from '@espalier/core';
import { importOnnx } from './import/import.ts';

/** The network in an ONNX file; `importOnnx` also tells what was noticed on the way. */
export const decodeOnnx = (bytes: Uint8Array): NetworkData => importOnnx(bytes).network;
