/** The shape of one example's tensor: the batch axis is left out, channels come last (NHWC without the N). */
export type Shape = readonly number[];

export const elementCount = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** The length of the last axis: the channels of a feature map, the units of a vector. */
export const channelCount = (shape: Shape): number => shape[shape.length - 1] ?? 1;

/** How many places each channel has: height × width of a feature map, 1 of a vector. */
export const positionCount = (shape: Shape): number => elementCount(shape.slice(0, -1));

export const withChannels = (shape: Shape, channels: number): Shape => [...shape.slice(0, -1), channels];

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, axis) => size === b[axis]);

export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;
