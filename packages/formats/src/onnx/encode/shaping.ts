import { channelCount, integerSetting, listSetting, marginsSetting, pairSetting, sameShape, textSetting } from '@espalier/network';
import { channelAxis, fileShape, type LayerExporter, orderDiffers } from './layer-export.ts';
import { integer, text } from './onnx-file.ts';
import { plainBytes } from './permute.ts';

/** Layers that do nothing once a network is trained. */
export const identity: LayerExporter = (layer) => layer.input.name;

/** The order of the numbers stays that of channels last, unless all that read the vector are written for channels first. */
export const reshape: LayerExporter = (layer) => {
  const { input, node, surroundings } = layer;
  const from = input.shape;
  const to = node.outputShape;
  if (sameShape(from, to)) return input.name;
  if (to.length === 1 && (surroundings.channelsFirst === true || !orderDiffers(from))) return layer.add('Flatten', [input.name]);
  // The places of a map that keeps its channels can be counted anew without touching them.
  const sameChannels = from.length === 3 && to.length === 3 && channelCount(from) === channelCount(to);
  if (sameChannels) return layer.reshape(input.name, fileShape(to));
  const numbers = layer.channelsLast(input);
  if (!orderDiffers(to)) return layer.reshape(numbers, fileShape(to));
  return layer.transpose(layer.reshape(numbers, to), [2, 0, 1]);
};

/** The axes in another order: counted from 1 with channels last in `dims`, from 0 in the file's order for the operator. */
export const permute: LayerExporter = (layer) => {
  const axes = listSetting(layer.node, 'dims').map((axis) => Number(axis) - 1);
  const inFile = fileShape([...axes.keys()]);
  return layer.transpose(
    layer.input.name,
    inFile.map((axis) => inFile.indexOf(axes[axis]!)),
  );
};

/**
 * Padding that a convolution behind it has not taken over. The zeros are negative ones: to a pool they are numbers like others, but ONNX Runtime's
 * optimiser (Pad_Fusion, seen in 1.30) makes zeros before a pool the pool's own padding, which to a maximum is −∞; it knows zeros by their bits.
 */
export const zeroPadding: LayerExporter = (layer) => {
  if (layer.surroundings.passesThrough === true) return layer.input.name;
  const [[top, bottom], [left, right]] = marginsSetting(layer.node, 'padding');
  return layer.add('Pad', [layer.input.name, layer.file.integers([0, 0, top, left, 0, 0, bottom, right]), layer.file.scalar(-0)]);
};

export const cropping: LayerExporter = (layer) => {
  const [[top, bottom], [left, right]] = marginsSetting(layer.node, 'cropping');
  const [height, width] = layer.input.shape as [number, number, number];
  const { file } = layer;
  return layer.add('Slice', [
    layer.input.name,
    file.integers([top, left]),
    file.integers([height - bottom, width - right]),
    file.integers([2, 3]),
  ]);
};

/** TF.js takes for each pixel that which lies at its place divided by the factor, rounded down or between its neighbours. */
export const upSampling: LayerExporter = (layer) => {
  const [vertical, horizontal] = pairSetting(layer.node, 'size', [2, 2]);
  const interpolation = textSetting(layer.node, 'interpolation', ['nearest', 'bilinear'], 'nearest');
  const scales = layer.initializer('scales', [4], plainBytes(Float32Array.of(1, 1, vertical, horizontal)));
  return layer.add('Resize', [layer.input.name, '', scales], {
    coordinate_transformation_mode: text('asymmetric'),
    mode: text(interpolation === 'nearest' ? 'nearest' : 'linear'),
    nearest_mode: text('floor'),
  });
};

export const channelPadding: LayerExporter = (layer) => {
  const { shape } = layer.input;
  const axis = channelAxis(shape);
  const margins = (key: string) => {
    const zeros = Array.from({ length: shape.length + 1 }, () => 0);
    zeros[axis] = integerSetting(layer.node, key, { minimum: 0 });
    return zeros;
  };
  return layer.add('Pad', [layer.input.name, layer.file.integers([...margins('before'), ...margins('after')])]);
};

/** Neighbours, or every n-th channel, are a slice; any other selection is gathered. */
export const channelSelection: LayerExporter = (layer) => {
  const channels = listSetting(layer.node, 'channels').map(Number);
  const axis = channelAxis(layer.input.shape);
  const [first, second] = channels as [number, number?];
  const step = second === undefined ? 1 : second - first;
  const { file } = layer;
  if (step > 0 && channels.every((channel, place) => channel === first + place * step)) {
    const bounds = [[first], [channels.at(-1)! + 1], [axis], ...(step === 1 ? [] : [[step]])];
    return layer.add('Slice', [layer.input.name, ...bounds.map((bound) => file.integers(bound))]);
  }
  return layer.add('Gather', [layer.input.name, file.integers(channels, `${layer.node.layer}/channels`)], { axis: integer(axis) });
};
