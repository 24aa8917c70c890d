import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeColours, drawColourJitter, turnHue } from './colour-jitter.ts';
import { drawView } from './draw.ts';
import { drawRandomResizedCrop } from './random-resized-crop.ts';

const size = fc.record({ height: fc.integer({ min: 1, max: 600 }), width: fc.integer({ min: 1, max: 600 }) });
const wholeArea = { minimumArea: 0.08, maximumArea: 1 };

describe('a random resized crop', () => {
  it('lies in the picture and has at least a pixel, however narrow the picture is', () => {
    fc.assert(
      fc.property(size, fc.nat(), ({ height, width }, seed) => {
        const crop = drawRandomResizedCrop({ height, width }, wholeArea, createGenerator(seed, 'crop'));
        expect(crop.height).toBeGreaterThanOrEqual(1);
        expect(crop.width).toBeGreaterThanOrEqual(1);
        expect(crop.top >= 0 && crop.left >= 0 && crop.top + crop.height <= height && crop.left + crop.width <= width).toBe(true);
      }),
    );
  });

  it('has areas and proportions spread over what was asked for', () => {
    const generator = createGenerator(1, 'crop');
    const crops = Array.from({ length: 2000 }, () => drawRandomResizedCrop({ height: 400, width: 400 }, wholeArea, generator));
    const areas = crops.map(({ height, width }) => (height * width) / 160_000);
    const proportions = crops.map(({ height, width }) => Math.log(width / height));
    // Whole pixels move the smallest crop, about 113 × 113, by less than 1 %; the fallback is the whole square.
    expect(Math.min(...areas)).toBeGreaterThan(0.079);
    expect(Math.max(...areas)).toBeLessThanOrEqual(1);
    expect(Math.max(...proportions.map(Math.abs))).toBeLessThan(Math.log(4 / 3) + 0.01);
    // Not exactly the middle of [0.08, 1]: the largest areas fit with fewer proportions.
    expect(areas.reduce((sum, area) => sum + area / 2000, 0)).toBeCloseTo(0.5, 1);
    expect(proportions.reduce((sum, value) => sum + value / 2000, 0)).toBeCloseTo(0, 1);
  });

  it('of a strip falls back to its middle', () => {
    const crop = drawRandomResizedCrop({ height: 10, width: 500 }, { minimumArea: 1, maximumArea: 1 }, createGenerator(1, 'crop'));
    expect(crop).toEqual({ top: 0, left: 243, height: 10, width: 13 });
  });
});

describe('colour jitter', () => {
  const pixels = () => Uint8Array.of(200, 100, 50, 0, 0, 0);
  const changed = (kind: 'brightness' | 'contrast' | 'saturation' | 'hue', amount: number): number[] => {
    const given = pixels();
    changeColours(given, 3, [{ kind, amount }]);
    return [...given];
  };

  it('of brightness multiplies', () => expect(changed('brightness', 1.5)).toEqual([255, 150, 75, 0, 0, 0]));

  it('of contrast blends with the mean luma', () => {
    // Luma 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2 and 0: the mean is 62.1; half of it and half of each byte.
    expect(changed('contrast', 0.5)).toEqual([131, 81, 56, 31, 31, 31]);
  });

  it('of saturation blends with the grey of each pixel', () => {
    expect(changed('saturation', 0)).toEqual([124, 124, 124, 0, 0, 0]);
    expect(changed('saturation', 0.5)).toEqual([162, 112, 87, 0, 0, 0]);
  });

  it('of hue goes round the circle and comes back', () => {
    expect(changed('hue', 1 / 3)).toEqual([50, 200, 100, 0, 0, 0]);
    expect(changed('hue', -1 / 3)).toEqual([100, 50, 200, 0, 0, 0]);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 }), fc.double({ min: -1, max: 1, noNaN: true }), (colour, turn) => {
        const turned = Uint8Array.from(colour);
        turnHue(turned, turn);
        expect(Math.max(...turned)).toBe(Math.max(...colour));
        expect(Math.min(...turned)).toBe(Math.min(...colour));
        turnHue(turned, 0);
        const back = Uint8Array.from(turned);
        turnHue(back, -turn);
        // The middle channel was rounded once, and a sixth of the circle goes through it from the least to the largest: off by one at most.
        colour.forEach((value, channel) => expect(Math.abs(back[channel]! - value)).toBeLessThanOrEqual(1));
      }),
    );
  });

  it('leaves grey pictures their grey', () => {
    const grey = Uint8Array.of(0, 100, 200);
    changeColours(grey, 1, [{ kind: 'hue', amount: 0.5 }, { kind: 'saturation', amount: 0 }]); // prettier-ignore
    expect([...grey]).toEqual([0, 100, 200]);
    changeColours(grey, 1, [{ kind: 'contrast', amount: 0.5 }]);
    expect([...grey]).toEqual([50, 100, 150]);
  });

  it('draws in every order, within its strengths, and nothing that has none', () => {
    const generator = createGenerator(1, 'jitter');
    const strengths = { brightness: 0.4, contrast: 0.2, saturation: 0, hue: 0.1 };
    const drawn = Array.from({ length: 500 }, () => drawColourJitter(strengths, generator));
    expect(new Set(drawn.map((changes) => changes.map(({ kind }) => kind).join(' '))).size).toBe(6);
    for (const { kind, amount } of drawn.flat()) {
      const middle = kind === 'hue' ? 0 : 1;
      expect(Math.abs(amount - middle)).toBeLessThanOrEqual(strengths[kind]);
    }
  });
});

describe('a view', () => {
  const settings = (augmentation: object) => TrainingSettingsSchema.parse({ epochs: 1, learningRate: 1, augmentation }).augmentation;

  it('draws shift and flip as it did before there was more to draw', () => {
    const older = drawView(
      settings({ padCrop: 4, horizontalFlip: true }),
      { height: 32, width: 32 },
      [32, 32, 3],
      createGenerator(9, 'augment'),
    );
    const generator = createGenerator(9, 'augment');
    expect(older.window).toEqual({ down: generator.integer(9) - 4, right: generator.integer(9) - 4, flipped: generator.integer(2) === 1 });
    const newer = drawView(
      settings({ padCrop: 4, horizontalFlip: true, randomResizedCrop: {}, colourJitter: { hue: 0.1 } }),
      { height: 32, width: 32 },
      [32, 32, 3],
      createGenerator(9, 'augment'),
    );
    expect(newer.window).toEqual(older.window);
  });

  it('is asked for by recipes that say no more than they did', () => {
    expect(JSON.stringify(settings({}))).toBe('{"padCrop":0,"horizontalFlip":false}');
    expect(() => settings({ randomResizedCrop: { minimumArea: 0.9, maximumArea: 0.5 } })).toThrow('minimumArea is larger than maximumArea');
  });
});
