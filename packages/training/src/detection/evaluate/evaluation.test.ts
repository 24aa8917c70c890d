import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openDetectionDataset, writeScenes, type DetectionDataset, type LabelledBox, overlapOf } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDetector } from '../../../test/detector.ts';
import { ForwardPass } from '../../steps/forward-pass.ts';
import { detectionHeads } from '../heads.ts';
import { decodeOffsets, encodeOffsets } from '../offsets.ts';
import { priorBoxes } from '../priors.ts';
import { DetectionEvaluation, type DetectionScore } from './evaluation.ts';

let folder = '';
let dataset: DetectionDataset;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'detection-evaluation-'));
  dataset = await openDetectionDataset({ ...(await writeScenes(folder, { training: 14, test: 7, seed: 3 })), imageSize: 32 });
});
afterAll(() => rm(folder, { recursive: true }));

const network = (classCount = dataset.classes.length + 1) => smallDetector({ classCount, side: 32 });
const heads = () => detectionHeads(network().topology);

/** Stands in for a network that answers each picture of a batch with the given objects, and nothing else. */
function answering(batchSize: number, objectsOf: (picture: number) => readonly LabelledBox[]) {
  const { classCount, maps, priorCount } = heads();
  const priors = priorBoxes(maps);
  const corners = decodeOffsets(new Float32Array(4 * priorCount), priors);
  let seen = 0;
  const runAll = (): Float32Array[] => {
    const logits = new Float32Array(batchSize * priorCount * classCount);
    const offsets = new Float32Array(batchSize * priorCount * 4);
    for (let place = 0; place < batchSize; place++) {
      const ofPicture = offsets.subarray(4 * place * priorCount, 4 * (place + 1) * priorCount);
      const taken = new Set<number>();
      for (let prior = 0; prior < priorCount; prior++) logits[(place * priorCount + prior) * classCount] = 20;
      for (const object of objectsOf(seen + place)) {
        const overlaps = Array.from({ length: priorCount }, (_, prior) => {
          const [left, top, right, bottom] = corners.subarray(4 * prior, 4 * prior + 4);
          return taken.has(prior) ? -1 : overlapOf(object, { left: left!, top: top!, right: right!, bottom: bottom! });
        });
        const nearest = overlaps.indexOf(Math.max(...overlaps));
        taken.add(nearest);
        encodeOffsets(object, priors, nearest, ofPicture);
        logits[(place * priorCount + nearest) * classCount + 1 + object.label] = 30;
      }
    }
    seen += batchSize;
    return [logits, offsets];
  };
  return { batchSize, runAll };
}

/** The test pictures' objects in shares, as batches have them. */
function objectsIn(picture: number): LabelledBox[] {
  const { scenes } = dataset.splits.test;
  if (picture >= scenes.count) return [];
  const { height, width } = scenes.files.sizeOf(picture);
  return scenes.boxes[picture]!.map((box) => ({
    ...box,
    left: box.left / width,
    right: box.right / width,
    top: box.top / height,
    bottom: box.bottom / height,
  }));
}

async function scoreOf(forward: ConstructorParameters<typeof DetectionEvaluation>[0]): Promise<DetectionScore> {
  const evaluation = new DetectionEvaluation(forward, network(), dataset, dataset.splits.test);
  while (await evaluation.advance());
  return evaluation.score();
}

describe('the evaluation of a detector', () => {
  it('finds that one which answers with all objects of each picture is perfect, whatever the batch', async () => {
    for (const batchSize of [1, 3, 7, 10]) {
      const score = await scoreOf(answering(batchSize, objectsIn));
      expect(score).toMatchObject({ examples: 7, isFinite: true, meanAveragePrecision: { voc07: 1, area: 1 } });
    }
  });

  it('says for each class how many objects there are, and how well they are found', async () => {
    const objects = dataset.splits.test.scenes.boxes.flat().filter(({ difficult }) => !difficult);
    const missed = objects[0]!.label;
    const { classes, meanAveragePrecision } = await scoreOf(
      answering(4, (picture) => objectsIn(picture).filter(({ label }) => label !== missed)),
    );
    expect(classes.map(({ name }) => name)).toEqual(dataset.classes);
    classes.forEach((one, label) => {
      expect(one.objects).toBe(objects.filter((object) => object.label === label).length);
      const precision = label === missed ? 0 : 1;
      expect(one.averagePrecision).toEqual(one.objects === 0 ? null : { voc07: precision, area: precision });
    });
    const withObjects = classes.filter((one) => one.objects > 0).length;
    expect(meanAveragePrecision!.area).toBeCloseTo((withObjects - 1) / withObjects, 12);
  });

  it('holds what is seen in the wrong picture for false', async () => {
    const { meanAveragePrecision } = await scoreOf(answering(1, (picture) => objectsIn((picture + 1) % 7)));
    expect(meanAveragePrecision!.area).toBeLessThan(0.2);
  });

  it('tells that a network gives no numbers', async () => {
    const { isFinite, meanAveragePrecision } = await scoreOf({
      batchSize: 7,
      runAll: () =>
        [7 * heads().priorCount * heads().classCount, 7 * heads().priorCount * 4].map((length) =>
          new Float32Array(length).fill(Number.NaN),
        ),
    });
    expect(isFinite).toBe(false);
    expect(meanAveragePrecision).toEqual({ voc07: 0, area: 0 });
  });

  it('gives a real network the same score in batches of any size', async () => {
    await openBackend();
    const warn = (text: string): never => {
      throw new Error(text);
    };
    const scores: DetectionScore[] = [];
    for (const batchSize of [2, 7]) {
      const forward = new ForwardPass({ network: network(), batchSize, imageShape: dataset.shape, warn });
      scores.push(await scoreOf(forward));
      forward.dispose();
    }
    expect(scores[0]!.isFinite).toBe(true);
    // Sums of a convolution may round another way in another batch; that changes scores in the last place, and their order hardly ever.
    expect(scores[1]!.meanAveragePrecision!.area).toBeCloseTo(scores[0]!.meanAveragePrecision!.area, 3);
  });
});
