import { encodeOnnx, importOnnx } from '@espalier/formats';
import { readGraph, dependencyGroups } from '@espalier/network';
import { prune } from '@espalier/surgery';
import { buildZooTopology, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/detection/ssd.json' with { type: 'json' };
import { detectorTopology, smallDetector } from '../../test/detector.ts';
import { detectionHeads } from './heads.ts';
import { decodeOffsets, encodeOffsets } from './offsets.ts';
import { priorBoxes, type PriorBoxes } from './priors.ts';

/** torchvision reckons widths and heights in single precision, and the fixture has nine digits. */
const singlePrecision = 1e-6;

const row = ({ values }: PriorBoxes, index: number): number[] => [...values.subarray(4 * index, 4 * index + 4)];

describe('the heads of a detector', () => {
  it('of SSD300 are those of its paper: 8732 boxes from six maps', () => {
    expect(detectionHeads(buildZooTopology('ssd300-vgg16'))).toEqual({
      inputShape: [300, 300, 3],
      classOutput: 0,
      offsetOutput: 1,
      classCount: 21,
      maps: [[38, 4], [19, 6], [10, 6], [5, 6], [3, 4], [1, 4]].map(([side, boxesPerPlace]) => ({ height: side, width: side, boxesPerPlace })), // prettier-ignore
      priorCount: 8732,
    });
  });

  it('stay what they are when the network is pruned, and on the way through ONNX', () => {
    const network = smallDetector({ classCount: 4 });
    const heads = detectionHeads(network.topology);
    const groups = dependencyGroups(readGraph(network.topology)).filter(({ prunable }) => prunable);
    const keep = Object.fromEntries(groups.map(({ id, channels }) => [id, Array.from({ length: channels - 3 }, (_, index) => index)]));
    const pruned = prune(network, { keep });
    expect(detectionHeads(pruned.topology)).toEqual(heads);
    expect(detectionHeads(importOnnx(encodeOnnx(pruned)).network.topology)).toEqual(heads);
  });

  it('are found whichever output comes first', () => {
    const topology = detectorTopology({ classCount: 3 });
    const [classes, boxes] = topology.config.output_layers;
    const swapped = { ...topology, config: { ...topology.config, output_layers: [boxes!, classes!] } };
    expect(detectionHeads(swapped)).toMatchObject({ classOutput: 1, offsetOutput: 0, classCount: 3 });
  });

  it.each([
    ['classes', 'boxes', 0],
    ['boxes', 'classes', 1],
    ['loc', 'head_2', 1],
    ['head_1', 'conf', 1],
    ['head_1', 'head_2', 0],
    ['class_boxes', 'box_boxes', 0],
  ])('are told apart by the names %s and %s where both are four wide', (first, second, classOutput) => {
    const net = new TopologyBuilder('alike', [4, 4, 3]);
    const topology = net.build(
      net.reshape(net.conv(net.input, 'a', 8), first, 32, 4),
      net.reshape(net.conv(net.input, 'b', 8), second, 32, 4),
    );
    expect(detectionHeads(topology)).toMatchObject({ classOutput, classCount: 4 });
  });

  it.each([
    { name: 'a classifier', topology: () => buildZooTopology('resnet20'), message: /it gives \[10\], where a detector has two outputs/ },
    {
      name: 'one without a class',
      topology: () => detectorTopology({ classCount: 1 }),
      message: /classes gives \[26, 1\] and boxes \[26, 4\]/,
    },
    {
      name: 'one whose offsets are five',
      topology: () => {
        const net = new TopologyBuilder('five', [4, 4, 3]);
        return net.build(
          net.reshape(net.conv(net.input, 'a', 6), 'classes', 32, 3),
          net.reshape(net.conv(net.input, 'b', 10), 'boxes', 32, 5),
        );
      },
      message: /neither classes nor boxes gives four offsets/,
    },
    {
      name: 'one whose rows come from a dense layer',
      topology: () => {
        const net = new TopologyBuilder('dense', [4, 4, 3]);
        const flat = net.flatten(net.input, 'flat', 16);
        return net.build(net.reshape(net.dense(flat, 'a', 24), 'classes', 8, 3), net.reshape(net.dense(flat, 'b', 32), 'boxes', 8, 4));
      },
      message: /the rows of boxes are made by Dense b, which gives \[32\]/,
    },
    {
      name: 'one whose two heads look at different maps',
      topology: () => {
        const net = new TopologyBuilder('apart', [4, 4, 3]);
        const wide = net.reshape(net.conv(net.input, 'a', 6), 'classes', 32, 3);
        return net.build(wide, net.reshape(net.conv(net.maxPool(net.input, 'pool', 2, 2), 'b', 32), 'boxes', 32, 4));
      },
      message: /classes and boxes are predicted for boxes at different places/,
    },
  ])('are not found in $name', ({ topology, message }) => {
    expect(() => detectionHeads(topology())).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringMatching(message) }),
    );
  });
});

describe('prior boxes', () => {
  it.each(fixture.layouts)('of $name are those of torchvision', ({ maps, count, every, rows, sums }) => {
    const priors = priorBoxes(maps);
    expect(priors.count).toBe(count);
    rows.forEach((expected, index) => {
      row(priors, index * every).forEach((value, place) => expect(Math.abs(value - expected[place]!)).toBeLessThan(singlePrecision));
    });
    sums.forEach((expected, place) => {
      const sum = priors.values.reduce((total, value, index) => (index % 4 === place ? total + value : total), 0);
      expect(Math.abs(sum / expected - 1)).toBeLessThan(singlePrecision);
    });
  });

  it('of the first place of SSD300 are 30 and √(30 · 60) pixels wide, and 30 · √2 by 30 / √2', () => {
    const priors = priorBoxes(detectionHeads(buildZooTopology('ssd300-vgg16')).maps);
    const centre = 0.5 / 38;
    expect(row(priors, 0)).toEqual([centre, centre, 0.1, 0.1]);
    expect(row(priors, 1).map((value) => value * 300)[2]).toBeCloseTo(Math.sqrt(30 * 60), 10);
    expect(row(priors, 2).slice(2).map((value) => value * 300)).toEqual([30 * Math.SQRT2, 30 / Math.SQRT2].map((value) => expect.closeTo(value, 10))); // prettier-ignore
    // The next place is to the right, the next row a whole row later.
    expect(row(priors, 4).slice(0, 2)).toEqual([1.5 / 38, centre]);
    expect(row(priors, 4 * 38).slice(0, 2)).toEqual([centre, 1.5 / 38]);
  });

  it.each([
    { maps: [{ height: 2, width: 2, boxesPerPlace: 4 }], message: /from one map only/ },
    { maps: [3, 1].map((side) => ({ height: side, width: side, boxesPerPlace: 5 })), message: /5 boxes at each place of a map of 3 × 3/ },
    { maps: [3, 1].map((side) => ({ height: side, width: side, boxesPerPlace: 8 })), message: /8 boxes at each place of a map of 3 × 3/ },
  ])('are refused where SSD has no rule for them ($message)', ({ maps, message }) => {
    expect(() => priorBoxes(maps)).toThrow(message);
  });
});

describe('offsets', () => {
  const priors: PriorBoxes = { count: fixture.priors.length, values: Float64Array.from(fixture.priors.flat()) };
  const boxOf = ([left, top, right, bottom]: readonly number[]) => ({ left: left!, top: top!, right: right!, bottom: bottom! });

  it('are those of torchvision', () => {
    const offsets = new Float32Array(4 * priors.count);
    let compared = 0;
    fixture.matches.forEach((matches, scene) => {
      const { boxes } = fixture.scenes[scene]!;
      const expected = fixture.encoded[scene]!.values();
      matches.forEach((match, index) => {
        if (match < 0) return;
        encodeOffsets(boxOf(boxes[match]!), priors, index, offsets);
        const wanted: number[] = expected.next().value!;
        // Values up to some tens: six digits are what single precision leaves of them.
        wanted.forEach((value, place) => expect(Math.abs(offsets[4 * index + place]! - value)).toBeLessThan(2e-5));
        compared++;
      });
    });
    expect(compared).toBeGreaterThan(10);
  });

  it('become boxes as in torchvision', () => {
    const boxes = decodeOffsets(Float32Array.from(fixture.offsets[0]!.flat()), priors);
    fixture.decoded
      .flat()
      .forEach((value, index) => expect(Math.abs(boxes[index]! - value)).toBeLessThan(2e-6 * Math.max(1, Math.abs(value))));
  });

  it('are nothing for a prior itself, and lead back to any box', () => {
    const offsets = new Float32Array(4 * priors.count);
    const given = Array.from({ length: priors.count }, (_, index) => {
      const shift = 0.001 * index;
      return { left: 0.1 + shift, top: 0.05, right: 0.2 + 2 * shift, bottom: 0.9 - shift };
    });
    given.forEach((box, index) => encodeOffsets(box, priors, index, offsets));
    const back = decodeOffsets(offsets, priors);
    given.forEach(({ left, top, right, bottom }, index) =>
      [left, top, right, bottom].forEach((value, place) => expect(back[4 * index + place]).toBeCloseTo(value, 5)),
    );
    const [x, y, width, height] = row(priors, 7);
    encodeOffsets({ left: x! - width! / 2, right: x! + width! / 2, top: y! - height! / 2, bottom: y! + height! / 2 }, priors, 7, offsets);
    expect([...offsets.subarray(28, 32)]).toEqual([0, 0, 0, 0].map((value) => expect.closeTo(value, 6)));
  });
});
