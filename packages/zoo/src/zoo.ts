import { EspalierError, type NetworkData, type Topology } from '@espalier/core';
import type { ArchitectureRequest, ImageShape, ZooEntry } from './architectures/architecture.ts';
import { cifarResNets } from './architectures/cifar-resnet.ts';
import { denseNets } from './architectures/densenet.ts';
import { googLeNets } from './architectures/googlenet.ts';
import { imageNetResNets } from './architectures/imagenet-resnet.ts';
import { mobileNetV1Entry } from './architectures/mobilenet-v1.ts';
import { mobileNetV2Entry } from './architectures/mobilenet-v2.ts';
import { ssdQuarterEntry } from './architectures/ssd-quarter.ts';
import { ssd300Entry } from './architectures/ssd300.ts';
import { vggs } from './architectures/vgg.ts';
import { initialiseWeights } from './initialise.ts';

/** Every architecture that Espalier knows. */
export const zoo: readonly ZooEntry[] = [
  ...cifarResNets,
  ...imageNetResNets,
  ...vggs,
  ...googLeNets,
  ...denseNets,
  mobileNetV1Entry,
  mobileNetV2Entry,
  ssd300Entry,
  ssdQuarterEntry,
];

export interface ZooRequest extends Partial<ArchitectureRequest> {
  /** [height, width, channels]; left out: the paper's. */
  readonly inputShape?: ImageShape;
  /** Left out: the paper's. */
  readonly classes?: number;
}

/** Throws NOT_FOUND, listing the names there are. */
export function zooEntry(name: string): ZooEntry {
  const entry = zoo.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  throw new EspalierError('NOT_FOUND', `there is no architecture named ${JSON.stringify(name)} in the zoo`, {
    hint: `Choose one of ${zoo.map((known) => known.name).join(', ')}.`,
    path: ['name'],
  });
}

/** The topology of a zoo architecture. Throws NOT_FOUND for an unknown name and BAD_INPUT for a shape that does not suit it. */
export function buildZooTopology(name: string, request: ZooRequest = {}): Topology {
  const entry = zooEntry(name);
  const { inputShape = entry.inputShape, classes = entry.classes, widthMultiplier } = request;
  checkRequest(entry, { inputShape, classes, widthMultiplier });
  return entry.build({ inputShape, classes, widthMultiplier });
}

/** The same with weights drawn from `seed`. */
export function buildZooNetwork(name: string, { seed, ...request }: ZooRequest & { readonly seed: number }): NetworkData {
  return initialiseWeights(buildZooTopology(name, request), seed);
}

function checkRequest(entry: ZooEntry, { inputShape, classes, widthMultiplier }: ArchitectureRequest): void {
  const [height, width] = inputShape;
  if (inputShape.length !== 3 || !inputShape.every((size) => Number.isSafeInteger(size) && size >= 1))
    throw badRequest(
      'inputShape',
      `${entry.name} needs [height, width, channels], but got [${inputShape.join(', ')}]`,
      'Name three whole numbers.',
    );
  if (entry.fixedSide === true && (height !== entry.inputShape[0] || width !== entry.inputShape[1]))
    throw badRequest(
      'inputShape',
      `${entry.name} reads only ${entry.inputShape[0]} × ${entry.inputShape[1]} pixels, not ${height} × ${width}`,
      'Resize the pictures.',
    );
  if (Math.min(height, width) < entry.smallestSide)
    throw badRequest(
      'inputShape',
      `${entry.name} needs at least ${entry.smallestSide} × ${entry.smallestSide} pixels, but got ${height} × ${width}`,
      'Use larger pictures or a shallower network.',
    );
  if (!Number.isSafeInteger(classes) || classes < 1)
    throw badRequest(
      'classes',
      `${entry.name} needs a whole number of classes of at least 1, but got ${classes}`,
      'Count the classes of the dataset.',
    );
  if (widthMultiplier === undefined) return;
  if (entry.scalable !== true)
    throw badRequest('widthMultiplier', `the widths of ${entry.name} can't be scaled`, 'Leave the width multiplier out.');
  if (!(widthMultiplier > 0 && Number.isFinite(widthMultiplier)))
    throw badRequest(
      'widthMultiplier',
      `a width multiplier is a positive number, but got ${widthMultiplier}`,
      'Use 1 for the paper’s widths.',
    );
}

const badRequest = (field: string, message: string, hint: string): EspalierError =>
  new EspalierError('BAD_INPUT', message, { hint, path: [field] });
