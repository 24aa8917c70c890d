import type { DetectionMeasurement, NetworkData } from '@espalier/core';
import { everyScene, type DetectionDataset, type SceneBatch, type SceneSplit } from '@espalier/datasets';
import type { ForwardPass } from '../../steps/forward-pass.ts';
import { DetectionTally } from './average-precision.ts';
import { meanAveragePrecision } from './curve.ts';
import { Detector } from './detector.ts';
import type { Recount } from './recount.ts';

/** What a detector is worth on a split, by the rules of PASCAL VOC. Every picture counts exactly once. */
export interface DetectionScore extends Pick<DetectionMeasurement, 'examples' | 'classes'> {
  /** Null where no class has an object that counts: then nothing can be judged. */
  readonly meanAveragePrecision: DetectionMeasurement['meanAveragePrecision'] | null;
  /** Whether all that the network gave were numbers. Pictures for which it gave others count as pictures in which it saw nothing. */
  readonly isFinite: boolean;
}

type Pass = Pick<ForwardPass, 'batchSize' | 'runAll'>;

/** Measures a detector on a split, batch by batch, so that its owner can breathe in between. */
export class DetectionEvaluation {
  readonly #forward: Pass;
  readonly #detector: Detector;
  readonly #batches: AsyncIterator<SceneBatch>;
  readonly #classes: readonly string[];
  readonly #tally: DetectionTally;
  #examples = 0;
  #isFinite = true;

  /** @param forward of `network`, which must fit the dataset. */
  constructor(forward: Pass, { topology }: Pick<NetworkData, 'topology'>, dataset: DetectionDataset, split: SceneSplit) {
    this.#forward = forward;
    this.#detector = new Detector(topology);
    this.#batches = everyScene(dataset, split, forward.batchSize);
    this.#classes = dataset.classes;
    this.#tally = new DetectionTally(dataset.classes.length);
  }

  get examples(): number {
    return this.#examples;
  }

  /** Measures one more batch; false when there was none left. */
  async advance(): Promise<boolean> {
    const next = await this.#batches.next();
    if (next.done === true) return false;
    const { images, boxes, count } = next.value;
    const outputs = this.#forward.runAll(images);
    for (let example = 0; example < count; example++) {
      const detections = this.#detector.detections(outputs, example);
      if (detections === null) this.#isFinite = false;
      this.#tally.add(detections ?? [], boxes[example]!);
    }
    this.#examples += count;
    return true;
  }

  score(): DetectionScore {
    const classes = this.#tally.classes().map((found, label) => ({ name: this.#classes[label]!, ...found }));
    return { examples: this.#examples, meanAveragePrecision: meanAveragePrecision(classes), classes, isFinite: this.#isFinite };
  }

  /** What has been measured, to be counted again with pictures taken more than once or not at all: in the order of the split. */
  recount(): Recount {
    return this.#tally.recount();
  }
}
