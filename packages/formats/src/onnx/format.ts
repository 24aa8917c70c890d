import type { FileFormat } from '../format.ts';
import { encodeOnnx } from './encode.ts';
import { importOnnx } from './import/import.ts';

/** Tag of a varint in field 1 of a ModelProto, `ir_version`, with which all writers begin, and the largest version to expect for long. */
const irVersionTag = 0x08;
const latestIrVersion = 64;
/** Fields of a ModelProto that follow it: tags of texts, messages and one more number. */
const followingTags: ReadonlySet<number> = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72, 0xa2, 0xca]);

/** ONNX, as PyTorch and others export it and as runtimes take it: pictures are NCHW in the file. */
export const onnx: FileFormat = {
  name: 'onnx',
  title: 'ONNX',
  extensions: ['.onnx'],
  layout: 'file',
  recognises: ([tag = 0, version = 0, next = 0]) =>
    tag === irVersionTag && version >= 1 && version <= latestIrVersion && followingTags.has(next),
  decode: async (bytes, { inputShape, warn }) => {
    const { network, warnings } = importOnnx(bytes, { inputShape });
    for (const warning of warnings) warn(warning);
    return network;
  },
  encode: async (network, options) => encodeOnnx(network, options),
};
