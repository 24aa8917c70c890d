/** What the process asks of the thread with the HDF5 library; after `open` follow `read`s, after `create` `write`s and one `finish`. */
export type Hdf5Request =
  | { readonly task: 'open'; readonly bytes: Uint8Array }
  | { readonly task: 'read'; readonly path: string }
  | { readonly task: 'create'; readonly groups: readonly Hdf5Group[] }
  | { readonly task: 'write'; readonly path: string; readonly shape: readonly number[]; readonly values: Float32Array }
  | { readonly task: 'finish' };

/** A group with its text attributes. The path of the file itself is empty, and those of others begin without a slash. */
export interface Hdf5Group {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

export interface Hdf5Dataset {
  readonly path: string;
  readonly shape: readonly number[];
  /** `float32`, `int64` and so on; `bfloat16` as Keras marks it; `no number` for anything else. */
  readonly type: string;
  /** Bytes of one value. */
  readonly valueSize: number;
  /** Its values lie in another file. */
  readonly isElsewhere: boolean;
}

/** What an HDF5 file holds, without the values. */
export interface Hdf5Contents {
  readonly groups: Hdf5Group[];
  readonly datasets: Hdf5Dataset[];
}

export interface Hdf5Answers {
  readonly open: Hdf5Contents;
  readonly read: Uint8Array;
  readonly create: null;
  readonly write: null;
  readonly finish: Uint8Array;
}
