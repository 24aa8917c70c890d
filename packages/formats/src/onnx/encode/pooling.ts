import { booleanSetting, pairSetting } from '@espalier/network';
import { windowPads } from './convolution.ts';
import type { LayerExporter } from './layer-export.ts';
import { integers } from './onnx-file.ts';

/** Averages leave the padding out of the count, as TensorFlow's do; that is ONNX's default. */
const pooling =
  (operator: 'MaxPool' | 'AveragePool'): LayerExporter =>
  (layer) => {
    const size = pairSetting(layer.node, 'pool_size', [2, 2]);
    const strides = pairSetting(layer.node, 'strides', size);
    return layer.add(operator, [layer.input.name], {
      kernel_shape: integers(size),
      pads: windowPads(layer, size, strides),
      strides: integers(strides),
    });
  };

export const maximumPooling = pooling('MaxPool');
export const averagePooling = pooling('AveragePool');

const globalPooling =
  (operator: 'GlobalMaxPool' | 'GlobalAveragePool'): LayerExporter =>
  (layer) => {
    const pooled = layer.add(operator, [layer.input.name]);
    return booleanSetting(layer.node, 'keepdims', false) ? pooled : layer.add('Flatten', [pooled]);
  };

export const globalMaximumPooling = globalPooling('GlobalMaxPool');
export const globalAveragePooling = globalPooling('GlobalAveragePool');
