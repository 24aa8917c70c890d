import { endianness } from 'node:os';
import { EspalierError } from '@espalier/core';
import { z } from 'zod';

/** What was seen of one layer while pictures went through it: [channels, length], row-major. */
export interface LayerStatistic {
  readonly layer: string;
  readonly channels: number;
  readonly length: number;
  readonly values: Float32Array | Float64Array;
}

/** By layer. */
export type ChannelStatistics = ReadonlyMap<string, LayerStatistic>;

const count = z.number().int().nonnegative();
const HeaderSchema = z.array(z.strictObject({ layer: z.string(), channels: count, length: count, bits: z.literal([32, 64]) }));

const magic = Buffer.from('espalier channel statistics 1\n', 'latin1');

/** Magic line, header length, header (JSON), and the values of layer after layer, little-endian, as they are: what is read back is the same to the last bit. */
export function encodeStatistics(statistics: ChannelStatistics): Uint8Array {
  const layers = [...statistics.values()];
  const header = Buffer.from(
    JSON.stringify(
      layers.map(({ layer, channels, length, values }) => ({ layer, channels, length, bits: values instanceof Float32Array ? 32 : 64 })),
    ),
  );
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(header.length);
  return Buffer.concat([magic, headerLength, header, ...layers.map(({ values }) => swapped(Buffer.from(values.slice().buffer), values))]);
}

/** @throws EspalierError `BAD_ARTIFACT`, naming the file. */
export function decodeStatistics(bytes: Uint8Array, file: string): ChannelStatistics {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = magic.length + 4;
  try {
    if (buffer.length < start || !buffer.subarray(0, magic.length).equals(magic)) throw new RangeError('it does not begin as such');
    let offset = start + buffer.readUInt32LE(magic.length);
    const statistics = HeaderSchema.parse(JSON.parse(buffer.toString('utf8', start, offset))).map(({ bits, ...layer }) => {
      const size = (bits / 8) * layer.channels * layer.length;
      if (offset + size > buffer.length) throw new RangeError(`the values of ${layer.layer} are not all there`);
      const own = Uint8Array.from(buffer.subarray(offset, offset + size));
      offset += size;
      const values = bits === 32 ? new Float32Array(own.buffer) : new Float64Array(own.buffer);
      swapped(Buffer.from(own.buffer), values);
      return { ...layer, values };
    });
    if (offset !== buffer.length) throw new RangeError(`it has ${buffer.length - offset} bytes too many`);
    return new Map(statistics.map((statistic) => [statistic.layer, statistic]));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EspalierError('BAD_ARTIFACT', `${file} is no file of channel statistics: ${why}`, {
      hint: 'Analyse the network again.',
      cause,
    });
  }
}

function swapped(bytes: Buffer, values: Float32Array | Float64Array): Buffer {
  if (endianness() === 'LE') return bytes;
  return values instanceof Float32Array ? bytes.swap32() : bytes.swap64();
}
