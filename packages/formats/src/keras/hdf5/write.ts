import { Hdf5Thread } from './hdf5-thread.ts';
import type { Hdf5Group } from './messages.ts';

/** A dataset of float32 to be written. */
export interface WrittenDataset {
  readonly path: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An HDF5 file of groups, which are made in their order, and datasets. The same ones give the same bytes. */
export async function writeHdf5(groups: readonly Hdf5Group[], datasets: Iterable<WrittenDataset>): Promise<Uint8Array> {
  const thread = new Hdf5Thread('write');
  try {
    await thread.ask({ task: 'create', groups });
    for (const { path, shape, values } of datasets) await thread.ask({ task: 'write', path, shape, values });
    return await thread.ask({ task: 'finish' });
  } finally {
    await thread.close();
  }
}
