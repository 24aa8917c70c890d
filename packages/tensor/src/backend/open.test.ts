import { DeviceSchema } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { tf } from '../index.ts';
import { openFound } from './open.ts';

describe('without native TensorFlow', () => {
  it.each([
    ['it is not installed', undefined, /not installed; run `npm run setup`\. .*tens of times slower/],
    ['its library is gone', { file: '/nonexistent/tfjs_binding.node' }, /does not load \(.*nonexistent.*\); run `npm run setup`/],
  ])('the backend is WebAssembly and says the price when %s', async (_why, found, warning) => {
    const { device, library } = await openFound(found);
    expect(DeviceSchema.parse(device)).toMatchObject({ backend: 'wasm', tensorflow: null, device: 'cpu', oneDnn: false });
    expect(device.warning).toMatch(warning);
    expect(library).toBeNull();
    expect([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
  });
});
