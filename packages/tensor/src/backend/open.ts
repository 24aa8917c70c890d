import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Device } from '@espalier/core';
import { installFusedKernels } from '../kernels/install.ts';
import { registerLayers } from '../layers/register.ts';
import { tf } from '../tf.ts';
import { readAcceleration, setAcceleration } from './acceleration.ts';
import { findBinding, type FoundBinding, loadNativeBackend } from './native.ts';
import { openWebAssembly } from './web-assembly.ts';

export interface OpenOptions {
  /** Where to compute. Without it, on the device that setup prepared the library for. */
  readonly device?: 'cpu' | 'cuda';
  /** False leaves stock TF.js as it is, to measure against it. */
  readonly fusedKernels?: boolean;
}

/** Everything that `espalier doctor` shows of the backend. */
export interface BackendDescription {
  readonly device: Device;
  /** The folder of TensorFlow's shared objects; null without the native library. */
  readonly library: string | null;
  /** The native binding that is loaded; null without one. */
  readonly binding: string | null;
}

let opened: Promise<BackendDescription> | undefined;

/**
 * Opens the best backend there is, once a process: native TensorFlow, else WebAssembly, and says in `warning` what is amiss and what it costs.
 * Installs the fused kernels and this project's layers.
 */
export async function openBackend(options: OpenOptions = {}): Promise<Device> {
  return (await describeBackend(options)).device;
}

/** Opens the backend as `openBackend` does and tells all about it. */
export function describeBackend(options: OpenOptions = {}): Promise<BackendDescription> {
  opened ??= openFound(findBinding(), options);
  return opened;
}

/** Opens native TensorFlow through the binding that was found, or the fallback. */
export async function openFound(
  found: FoundBinding | undefined,
  { device, fusedKernels = true }: OpenOptions = {},
): Promise<BackendDescription> {
  registerLayers();
  if (found === undefined) return openFallback('native TensorFlow is not installed; run `npm run setup`');
  const wanted = device ?? found.note?.device ?? 'cpu';
  const accelerated = readAcceleration(process.env, wanted, processorFlags());
  setLibraryEnvironment(wanted, accelerated.xla);
  setAcceleration(accelerated);
  try {
    const backend = await loadNativeBackend(found.file);
    if (fusedKernels) installFusedKernels(backend);
    const onGpu = backend.isUsingGpuDevice;
    return {
      device: {
        backend: 'tensorflow',
        tensorflow: backend.binding.TF_Version,
        device: onGpu ? 'cuda' : 'cpu',
        oneDnn: process.env['TF_ENABLE_ONEDNN_OPTS'] === '1',
        threads: threadCount(),
        warning: wanted === 'cuda' && !onGpu ? cudaWarning(found.note?.device) : null,
      },
      library: found.note?.library ?? null,
      binding: found.file,
    };
  } catch (error) {
    return openFallback(`native TensorFlow does not load (${firstLine(error)}); run \`npm run setup\``);
  }
}

/** TensorFlow reads these once, when it is loaded. What the user has set stays. */
function setLibraryEnvironment(device: 'cpu' | 'cuda', xla: boolean): void {
  // Off by default on many processors, where a training step then takes 2.3 times as long.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (xla) process.env['TF_XLA_FLAGS'] ??= '--tf_xla_auto_jit=2';
  if (device === 'cuda') {
    // Without it some GPU kernels add in whatever order their threads finish, and a resumed run would not repeat.
    process.env['TF_DETERMINISTIC_OPS'] ??= '1';
    process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  } else {
    process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  }
}

/** Linux: what `/proc/cpuinfo` lists for the first processor; nothing elsewhere. */
function processorFlags(): string {
  const file = '/proc/cpuinfo';
  return existsSync(file) ? (/^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '') : '';
}

function threadCount(): number {
  const limit = Number(process.env['TF_NUM_INTRAOP_THREADS']);
  return Number.isInteger(limit) && limit > 0 ? limit : availableParallelism();
}

function cudaWarning(preparedFor: 'cpu' | 'cuda' | undefined): string {
  return preparedFor === 'cuda'
    ? 'TensorFlow finds no CUDA device and computes on the CPU, tens of times slower; look at `nvidia-smi` and the driver'
    : 'CUDA was asked for, but setup installed TensorFlow for the CPU; run `ESPALIER_DEVICE=cuda npm run setup`';
}

async function openFallback(reason: string): Promise<BackendDescription> {
  const backend = await openWebAssembly();
  return {
    device: {
      backend,
      tensorflow: null,
      device: 'cpu',
      oneDnn: false,
      threads: 1,
      warning: `${reason}. Until then TensorFlow.js ${tf.version.tfjs} computes with ${backend === 'wasm' ? 'WebAssembly' : 'plain JavaScript'}, which trains tens of times slower.`,
    },
    library: null,
    binding: null,
  };
}

/** Node adds to a failed load the files that asked for it, which help nobody here. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
