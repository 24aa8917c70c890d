import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodePng } from './png.ts';

describe('a PNG', () => {
  it('begins with the signature and a header of width, height, depth 8 and colour type', () => {
    const png = Buffer.from(encodePng(new Uint8Array(6), [2, 3, 1]));
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect(png.subarray(12, 16).toString()).toBe('IHDR');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([3, 2, 8, 0]);
  });

  it('ends with the IEND chunk and the checksum that every PNG ends with', () => {
    const png = Buffer.from(encodePng(new Uint8Array(3), [1, 1, 3]));
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });

  it('holds the rows, each behind its filter byte', () => {
    const png = Buffer.from(encodePng(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3, 1]));
    const length = png.readUInt32BE(33);
    expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
  });
});
