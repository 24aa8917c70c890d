import { describe, expect, it } from 'vitest';
import { decodeStatistics, encodeStatistics, type ChannelStatistics } from './statistics-file.ts';

const statistics: ChannelStatistics = new Map([
  ['stem', { layer: 'stem', channels: 2, length: 3, values: Float32Array.of(0.1, -0, 1e-45, NaN, 3e38, -7) }],
  ['größer', { layer: 'größer', channels: 1, length: 2, values: Float64Array.of(1 / 3, -Infinity) }],
  ['empty', { layer: 'empty', channels: 0, length: 4, values: new Float32Array() }],
]);
const bytes = encodeStatistics(statistics);

describe('a file of channel statistics', () => {
  it('gives back every value to the last bit, in its precision and order', () => {
    const found = decodeStatistics(bytes, 'statistics');
    expect(found).toEqual(statistics);
    expect([...found.keys()]).toEqual([...statistics.keys()]);
    // toEqual tells 0 from −0.
    expect(found.get('stem')!.values).toBeInstanceOf(Float32Array);
    expect(found.get('größer')!.values).toBeInstanceOf(Float64Array);
    expect(encodeStatistics(found)).toEqual(bytes);
  });

  it('that is cut short, too long, or something else is refused by its name', () => {
    const longer = Buffer.concat([bytes, Buffer.of(0)]);
    for (const damaged of [bytes.subarray(0, -1), bytes.subarray(0, 40), bytes.subarray(0, 3), longer, Buffer.from('{"version":1}')])
      expect(() => decodeStatistics(damaged, 'the-file')).toThrow('the-file is no file of channel statistics');
  });
});
