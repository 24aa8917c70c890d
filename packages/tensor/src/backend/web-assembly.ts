import { createRequire } from 'node:module';
import { installWebAssemblyGradients } from '../kernels/web-assembly/install.ts';
import { tf } from '../tf.ts';

const require = createRequire(import.meta.url);

/** Opens TF.js's WebAssembly backend, or its plain JavaScript one where WebAssembly does not start. */
export async function openWebAssembly(): Promise<'wasm' | 'cpu'> {
  // Loaded only here: the native backend has no use for its 1 MB.
  require('@tensorflow/tfjs-backend-wasm');
  if (await tf.setBackend('wasm')) {
    installWebAssemblyGradients();
    return 'wasm';
  }
  await tf.setBackend('cpu');
  return 'cpu';
}
