import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIdx, encodeIdx } from './format.ts';

describe('IDX files', () => {
  it('reads the header as LeCun wrote it down', () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 15);
    expect(decodeIdx(bytes, 'x')).toEqual({ shape: [2, 3], values: Uint8Array.of(10, 11, 12, 13, 14, 15) });
  });

  it('gives back what was written, whatever the shape', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(255)),
        (shape, stream) => {
          const values = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.next().value as number);
          const bytes = encodeIdx({ shape, values });
          expect(decodeIdx(bytes, 'x')).toEqual({ shape, values });
        },
      ),
    );
  });

  it('refuses every shorter beginning of a file, by its name', () => {
    const whole = encodeIdx({ shape: [2, 2, 2], values: new Uint8Array(8) });
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeIdx(whole.subarray(0, length), 'train-images')).toThrow(/train-images/);
    }
  });

  it.each([
    { name: 'text instead of IDX', bytes: Buffer.from('<html>not found</html>'), message: /two zero bytes/ },
    { name: 'floats', bytes: Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0), message: /type 0x0d/ },
    { name: 'no axis', bytes: Uint8Array.of(0, 0, 8, 0), message: /0 axes/ },
    { name: 'five axes', bytes: Uint8Array.of(0, 0, 8, 5), message: /5 axes/ },
    { name: 'surplus bytes', bytes: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7, 7), message: /longer than its header says/ },
    { name: 'sizes beyond any memory', bytes: Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255), message: /truncated/ },
  ])('refuses $name', ({ bytes, message }) => {
    expect(() => decodeIdx(bytes, 'file')).toThrow(
      expect.objectContaining({ code: 'BAD_DATASET', message: expect.stringMatching(message) }),
    );
  });
});
