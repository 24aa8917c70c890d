import { createGenerator, SceneAugmentationSchema } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaOf, overlapOf, type LabelledBox } from '../box.ts';
import { distort, drawDistortion } from './distort.ts';
import { drawExpansion } from './expand.ts';
import { drawOverlapCrop, hasCentreIn } from './overlap-crop.ts';
import { boxesInView, drawSceneView, plainView } from './view.ts';

/** A picture's size and one to four boxes in it, in whole pixels. */
const scene = fc
  .record({ height: fc.integer({ min: 1, max: 400 }), width: fc.integer({ min: 1, max: 400 }), seed: fc.nat() })
  .chain(({ height, width, seed }) =>
    fc
      .array(fc.tuple(fc.nat(width - 1), fc.nat(height - 1), fc.nat(width - 1), fc.nat(height - 1)), { minLength: 1, maxLength: 4 })
      .map((corners) => ({
        size: { height, width },
        seed,
        boxes: corners.map(([x, y, otherX, otherY], label): LabelledBox => ({
          left: Math.min(x, otherX),
          top: Math.min(y, otherY),
          right: Math.max(x, otherX) + 1,
          bottom: Math.max(y, otherY) + 1,
          label,
          difficult: false,
        })),
      })),
  );
const everything = SceneAugmentationSchema.parse({});

describe('expansion', () => {
  it('keeps the whole picture inside a frame that is up to so many times as large', () => {
    fc.assert(
      fc.property(scene, ({ size: { height, width }, seed }) => {
        const { left, top, right, bottom } = drawExpansion({ height, width }, 4, createGenerator(seed, 'expand'));
        expect([left <= 0, top <= 0, right >= width, bottom >= height]).toEqual([true, true, true, true]);
        expect(right - left).toBeLessThanOrEqual(4 * width);
        expect(bottom - top).toBeLessThanOrEqual(4 * height);
      }),
    );
  });

  it('happens in half of the pictures, and never where the frame may not be larger', () => {
    const size = { height: 100, width: 100 };
    const generator = createGenerator(1, 'expand');
    const expanded = Array.from({ length: 2000 }, () => drawExpansion(size, 4, generator)).filter(({ left, right }) => right - left > 100);
    // Four standard deviations of a fair coin thrown 2,000 times are 89; an expansion by less than half a pixel is too rare to matter.
    expect(Math.abs(expanded.length - 1000)).toBeLessThan(100);
    expect(drawExpansion(size, 1, generator)).toEqual({ left: 0, top: 0, right: 100, bottom: 100 });
  });
});

describe('a crop by overlap', () => {
  it('lies in its frame, is not narrow, overlaps a box as much as was drawn and shows the centre of one', () => {
    fc.assert(
      fc.property(scene, ({ size: { height, width }, boxes, seed }) => {
        const frame = { left: -10, top: -20, right: width + 5, bottom: height };
        const { window, minimumOverlap } = drawOverlapCrop(frame, boxes, createGenerator(seed, 'crop'));
        if (minimumOverlap === null) {
          expect(window).toEqual(frame);
          return;
        }
        const [cropWidth, cropHeight] = [window.right - window.left, window.bottom - window.top];
        expect(window.left).toBeGreaterThanOrEqual(frame.left);
        expect(window.top).toBeGreaterThanOrEqual(frame.top);
        expect(window.right).toBeLessThanOrEqual(frame.right);
        expect(window.bottom).toBeLessThanOrEqual(frame.bottom);
        expect(Math.max(cropWidth / cropHeight, cropHeight / cropWidth)).toBeLessThanOrEqual(2);
        // Rounded to whole pixels, 0.3 of a side may lose half a one.
        expect(cropWidth).toBeGreaterThanOrEqual(0.3 * (width + 15) - 0.5);
        expect(Math.max(...boxes.map((box) => overlapOf(box, window)))).toBeGreaterThanOrEqual(minimumOverlap);
        expect(boxes.some((box) => hasCentreIn(box, window))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('draws every minimum, and the whole frame, about as often', () => {
    const generator = createGenerator(2, 'crop');
    const frame = { left: 0, top: 0, right: 100, bottom: 100 };
    // A box that fills the frame meets every minimum soon, but for 0.9, which crops of at least 0.3 of a side seldom reach.
    const drawn = Array.from({ length: 700 }, () => drawOverlapCrop(frame, [frame], generator).minimumOverlap);
    for (const minimum of [null, 0, 0.1, 0.3, 0.5, 0.7]) {
      expect(drawn.filter((value) => value === minimum).length).toBeGreaterThan(60);
    }
  });

  it('takes any part of a picture without objects', () => {
    const generator = createGenerator(3, 'crop');
    const frame = { left: 0, top: 0, right: 100, bottom: 100 };
    const windows = Array.from({ length: 20 }, () => drawOverlapCrop(frame, [], generator).window);
    expect(windows.some(({ right, left }) => right - left < 100)).toBe(true);
  });
});

describe('the boxes of a view', () => {
  it('stay inside it and have an area, whatever is drawn', () => {
    fc.assert(
      fc.property(scene, ({ size, boxes, seed }) => {
        const view = drawSceneView(everything, size, boxes, createGenerator(seed, 'view'));
        const shown = boxesInView(boxes, view);
        expect(shown.length).toBeGreaterThan(0);
        for (const box of shown) {
          for (const edge of [box.left, box.top, box.right, box.bottom]) {
            expect(edge).toBeGreaterThanOrEqual(0);
            expect(edge).toBeLessThanOrEqual(1);
          }
          expect(areaOf(box)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are all there in the plain view, and flipped twice where they were', () => {
    const box: LabelledBox = { left: 10, top: 5, right: 30, bottom: 20, label: 2, difficult: true };
    const view = plainView({ height: 40, width: 100 });
    expect(boxesInView([box], view)).toEqual([{ ...box, left: 0.1, top: 0.125, right: 0.3, bottom: 0.5 }]);
    const [flipped] = boxesInView([box], { ...view, flipped: true });
    expect(flipped!.left).toBeCloseTo(0.7, 12);
    expect(flipped!.right).toBeCloseTo(0.9, 12);
  });

  it('are cut off at its edges, and left out when their centre is not shown', () => {
    const boxes: LabelledBox[] = [
      { left: 0, top: 0, right: 60, bottom: 60, label: 0, difficult: false },
      { left: 0, top: 0, right: 39, bottom: 39, label: 1, difficult: false },
    ];
    const shown = boxesInView(boxes, { window: { left: 20, top: 20, right: 120, bottom: 70 }, flipped: false });
    expect(shown).toEqual([{ ...boxes[0], left: 0, top: 0, right: 0.4, bottom: 0.8 }]);
  });

  it('are drawn alike from the same state of the generator', () => {
    fc.assert(
      fc.property(scene, ({ size, boxes, seed }) => {
        const draw = () => drawSceneView(everything, size, boxes, createGenerator(seed, 'view'));
        expect(draw()).toEqual(draw());
      }),
    );
  });
});

describe('photometric distortion', () => {
  const pixels = () => Uint8Array.of(200, 100, 50, 10, 10, 10);
  const none = { contrastLast: false };

  it.each([
    { name: 'brightness adds', distortion: { ...none, brightness: 60 }, expected: [255, 160, 110, 70, 70, 70] },
    { name: 'contrast multiplies', distortion: { ...none, contrast: 1.5 }, expected: [255, 150, 75, 15, 15, 15] },
    // The largest channel stays; the others come half as close to it as they were: 200 − 0.5 · 100, 200 − 0.5 · 150.
    { name: 'saturation moves towards grey', distortion: { ...none, saturation: 0.5 }, expected: [200, 150, 125, 10, 10, 10] },
    // 200 − 1.5 · 150 would be below 0: the factor is held at 200 / 150, so that the least channel becomes 0.
    { name: 'saturation ends at full colour', distortion: { ...none, saturation: 1.5 }, expected: [200, 67, 0, 10, 10, 10] },
    // A third of the circle makes green of red: the channels go round.
    { name: 'hue turns', distortion: { ...none, hue: 1 / 3 }, expected: [50, 200, 100, 10, 10, 10] },
    // 1.5 · 200 is cut off at 255 before the colour is taken out, or behind it.
    {
      name: 'contrast may come first',
      distortion: { contrastLast: false, contrast: 1.5, saturation: 0 },
      expected: [255, 255, 255, 15, 15, 15],
    },
    {
      name: 'contrast may come last',
      distortion: { contrastLast: true, contrast: 0.5, saturation: 0 },
      expected: [100, 100, 100, 5, 5, 5],
    },
  ])('$name', ({ distortion, expected }) => {
    const changed = pixels();
    distort(changed, distortion);
    expect([...changed]).toEqual(expected);
  });

  it('draws within the strengths of SSD, each kind for half of the pictures', () => {
    const generator = createGenerator(4, 'distort');
    const drawn = Array.from({ length: 1000 }, () => drawDistortion(generator));
    const bounds = { brightness: [-32, 32], contrast: [0.5, 1.5], saturation: [0.5, 1.5], hue: [-0.05, 0.05] } as const;
    for (const [kind, [least, most]] of Object.entries(bounds)) {
      const values = drawn.map((distortion) => distortion[kind as keyof typeof bounds]).filter((value) => value !== undefined);
      expect(Math.abs(values.length - 500)).toBeLessThan(80);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...values)).toBeLessThanOrEqual(most);
    }
  });
});
