import { describe, expect, it } from 'vitest';
import { changedSettings } from './settings.ts';

const featureMapRank = 4;

describe('the settings of a layer in two networks', () => {
  it('[D4] a default written out, a number in place of a pair, and an axis counted from the start are no change', () => {
    const terse = { name: 'a', filters: 8, kernel_size: 3, axis: [3], use_bias: true };
    const verbose = { name: 'b', filters: 8, kernel_size: [3, 3], axis: -1, strides: [1, 1], groups: 1, activation: 'linear' };
    expect(changedSettings(terse, verbose, featureMapRank)).toEqual([]);
  });

  it('[D4] a number that was rounded to float32 is no change', () => {
    expect(changedSettings({ epsilon: 1e-5 }, { epsilon: Math.fround(1e-5) }, featureMapRank)).toEqual([]);
  });

  it('[D4] what matters to training alone is no change', () => {
    const drawn = { trainable: true, kernel_initializer: { class_name: 'Zeros' }, kernel_regularizer: null, momentum: 0.9 };
    expect(changedSettings(drawn, {}, featureMapRank)).toEqual([]);
  });

  it('[D4] a pool that moves by its own size is one without strides', () => {
    expect(changedSettings({ pool_size: [3, 3] }, { pool_size: [3, 3], strides: [3, 3] }, featureMapRank)).toEqual([]);
    expect(changedSettings({ pool_size: [3, 3] }, { pool_size: [3, 3], strides: [1, 1] }, featureMapRank)).toHaveLength(1);
  });

  it('[D2] names what changed with both values, the default where nothing was said', () => {
    const changes = changedSettings({ strides: [2, 2], epsilon: 1e-5 }, { strides: [1, 2], use_bias: false }, featureMapRank);
    expect(changes).toEqual([
      { setting: 'strides', before: [2, 2], after: [1, 2] },
      { setting: 'epsilon', before: 1e-5, after: 1e-3 },
      { setting: 'use_bias', before: true, after: false },
    ]);
  });
});
