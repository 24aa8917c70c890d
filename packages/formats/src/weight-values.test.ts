import { describe, expect, it } from 'vitest';
import { toFloat32 } from './weight-values.ts';

describe('the values of a weight', () => {
  it('are those of the given bytes alone, also where these lie at an odd place of a file that was read', () => {
    const file = Buffer.concat([Buffer.of(7), Buffer.from(Float32Array.of(1.5, -2).buffer), Buffer.of(9, 9)]);
    expect([...toFloat32('conv/kernel', 'float32', file.subarray(1, 9))]).toEqual([1.5, -2]);
    expect([...toFloat32('conv/kernel', 'float32', new Uint8Array(file).subarray(1, 9))]).toEqual([1.5, -2]);
  });
});
