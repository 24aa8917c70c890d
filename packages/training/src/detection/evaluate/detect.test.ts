import { describe, expect, it } from 'vitest';
import fixture from '../../../fixtures/detection-evaluation/detections.json' with { type: 'json' };
import { detect, ssdDetection } from './detect.ts';

/** torchvision reckons boxes and scores in single precision, and the fixture has seven decimals. */
const singlePrecision = 5;

describe("a detector's answers", () => {
  it.each(fixture.cases.map((one) => ({ ...one, count: one.priors.length })))(
    'for $count priors become the detections of torchvision',
    ({ priors, logits, offsets, settings, boxes, scores, labels }) => {
      const found = detect(
        Float32Array.from(logits.flat()),
        Float32Array.from(offsets.flat()),
        { count: priors.length, values: Float64Array.from(priors.flat()) },
        settings,
      );
      expect(found.map(({ label }) => label)).toEqual(labels);
      found.forEach(({ left, top, right, bottom, score }, place) => {
        expect(score).toBeCloseTo(scores[place]!, singlePrecision);
        [left, top, right, bottom].forEach((edge, side) => expect(edge).toBeCloseTo(boxes[place]![side]!, singlePrecision));
      });
    },
  );

  it('may be two classes in one place', () => {
    const prior = { count: 1, values: Float64Array.of(0.5, 0.5, 0.2, 0.4) };
    const found = detect(Float32Array.of(0, 1, 1), new Float32Array(4), prior);
    expect(found.map(({ label }) => label)).toEqual([0, 1]);
    // e / (1 + 2e), and no offset leaves the prior where it is.
    expect(found[0]!.score).toBeCloseTo(Math.E / (1 + 2 * Math.E), 6);
    const { left, top, right, bottom } = found[0]!;
    [left, top, right, bottom].forEach((edge, side) => expect(edge).toBeCloseTo([0.4, 0.3, 0.6, 0.7][side]!, 6));
  });

  it('are none where all is background', () => {
    const prior = { count: 1, values: Float64Array.of(0.5, 0.5, 0.2, 0.4) };
    expect(detect(Float32Array.of(6, 0, 0), new Float32Array(4), prior)).toEqual([]);
  });

  it('are of all classes together no more than asked for', () => {
    const count = 500;
    const values = Float64Array.from({ length: 4 * count }, (_, index) =>
      [0.001 + Math.floor(index / 4) / count, 0.5, 0.001, 0.5].at(index % 4)!,
    );
    const logits = Float32Array.from({ length: 3 * count }, (_, index) => index / 3000);
    expect(detect(logits, new Float32Array(4 * count), { count, values })).toHaveLength(ssdDetection.kept);
  });
});
