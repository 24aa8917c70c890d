import type { NetworkData } from '@espalier/core';
import type { ReadOptions } from '../format.ts';
import { importOnnx } from './import/import.ts';

/** The network in an ONNX file; `importOnnx` also tells what was noticed on the way. */
export const decodeOnnx = (bytes: Uint8Array, options: ReadOptions = {}): NetworkData => importOnnx(bytes, options).network;
