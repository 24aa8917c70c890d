import { tf } from '../../tf.ts';
import { convolutionFilterGradient } from './convolution-filter-gradient.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradients.ts';

let installed = false;

/** Gives the WebAssembly backend the gradients of convolutions, which it lacks, composed of kernels that it has. */
export function installWebAssemblyGradients(): void {
  if (installed) return;
  for (const kernel of [convolutionFilterGradient, depthwiseFilterGradient, depthwiseInputGradient]) tf.registerKernel(kernel);
  installed = true;
}
