// @ts-check
/**
 * The HDF5 library in a thread of its own, spoken to by `hdf5-thread.ts`. The library is C compiled to WebAssembly and reads files of strangers:
 * here it can neither reach the disk (its files live in memory), nor take more memory than allowed, nor hold up the process, which ends
 * the thread when it takes too long. Plain JavaScript, for a thread starts without the loader that reads TypeScript.
 *
 * @typedef {import('./messages.ts').Hdf5Request} Hdf5Request
 * @typedef {import('./messages.ts').Hdf5Contents} Hdf5Contents
 */
import { parentPort, workerData } from 'node:worker_threads';

if (parentPort === null) throw new Error('this file is the inside of a thread');
const port = parentPort;

/** The library stamps every dataset with the time; without a clock the same network gives the same bytes. */
Date.now = () => 0;

const pageSize = 2 ** 16;
const { grow } = WebAssembly.Memory.prototype;
/** The library asks for memory in the sizes that a file claims. Refused, its allocation fails and the file is refused in turn. */
WebAssembly.Memory.prototype.grow = function growWithin(pages) {
  if (this.buffer.byteLength + pages * pageSize > workerData.largestHeap) throw new RangeError('no more memory');
  return grow.call(this, pages);
};

const hdf5 = await import('h5wasm');
const library = await hdf5.ready;
const place = 'network.h5';
/** @type {InstanceType<typeof hdf5.File> | null} */
let file = null;

const readAttributes = /^(model_config|keras_version|backend|name|dtype|(layer|weight)_names\d*)$/;
const limits = { objects: 100_000, depth: 40, names: 100_000, text: 2 ** 24, slice: 2 ** 24 };

port.on('message', (/** @type {{ id: number, request: Hdf5Request }} */ { id, request }) => {
  try {
    const { answer, transfer } = respond(request);
    port.postMessage({ id, answer }, transfer);
  } catch (error) {
    port.postMessage({ id, fault: error instanceof Error ? error.message : String(error) });
  }
});

/**
 * @param {Hdf5Request} request
 * @returns {{ answer: unknown, transfer: ArrayBuffer[] }}
 */
function respond(request) {
  switch (request.task) {
    case 'open':
      close();
      library.FS.writeFile(place, request.bytes, { canOwn: true });
      file = new hdf5.File(place, 'r');
      return { answer: contents(), transfer: [] };
    case 'read': {
      const bytes = readDataset(request.path);
      return { answer: bytes, transfer: [bytes.buffer] };
    }
    case 'create':
      close();
      file = new hdf5.File(place, 'w');
      for (const { path, attributes } of request.groups) createGroup(path, attributes);
      return { answer: null, transfer: [] };
    case 'write':
      group(request.path.slice(0, request.path.lastIndexOf('/'))).create_dataset({
        name: request.path.slice(request.path.lastIndexOf('/') + 1),
        data: request.values,
        shape: [...request.shape],
        dtype: '<f',
      });
      return { answer: null, transfer: [] };
    case 'finish': {
      opened().close();
      file = null;
      const bytes = library.FS.readFile(place);
      library.FS.unlink(place);
      return { answer: bytes, transfer: [bytes.buffer] };
    }
  }
}

function close() {
  const last = file;
  file = null;
  last?.close();
}

function opened() {
  if (file === null) throw new Error('no file is open');
  return file;
}

/** @param {string} path */
function group(path) {
  const found = path === '' ? opened() : opened().get(path);
  if (!(found instanceof hdf5.Group)) throw new Error(`${path} is not a group`);
  return found;
}

/**
 * @param {string} path
 * @param {Readonly<Record<string, string | readonly string[]>>} attributes
 */
function createGroup(path, attributes) {
  const slash = path.lastIndexOf('/');
  const made = path === '' ? opened() : group(path.slice(0, Math.max(slash, 0))).create_group(path.slice(slash + 1));
  for (const [name, value] of Object.entries(attributes))
    // An empty list has no type of its own; h5py writes it as no numbers.
    if (value.length === 0) made.create_attribute(name, [], [0], '<d');
    else made.create_attribute(name, typeof value === 'string' ? value : [...value]);
}

/** @returns {Hdf5Contents} */
function contents() {
  /** @type {Hdf5Contents} */
  const found = { groups: [], datasets: [] };
  const room = { objects: limits.objects, text: limits.text };
  /** @param {string} path @param {number} depth */
  const visit = (path, depth) => {
    if (--room.objects < 0) throw new Error(`it holds more than ${limits.objects} groups and datasets`);
    if (depth > limits.depth) throw new Error(`its groups are nested more than ${limits.depth} deep`);
    const entity = path === '' ? opened() : opened().get(path);
    if (entity instanceof hdf5.Dataset) found.datasets.push(described(path, entity, room));
    if (!(entity instanceof hdf5.Group)) return;
    found.groups.push({ path, attributes: attributesOf(path, room) });
    for (const name of entity.keys()) visit(path === '' ? name : `${path}/${name}`, depth + 1);
  };
  visit('', 0);
  return found;
}

/** @param {string} path @param {InstanceType<typeof hdf5.Dataset>} dataset @param {{ text: number }} room */
function described(path, dataset, room) {
  const { shape, type, size, signed, virtual_sources: sources } = dataset.metadata;
  const kinds = library.H5T_class_t;
  const isNumber = type === kinds.H5T_FLOAT.value || type === kinds.H5T_INTEGER.value;
  const prefix = type === kinds.H5T_FLOAT.value ? 'float' : signed ? 'int' : 'uint';
  const marked = attributesOf(path, room)['dtype'];
  return {
    path,
    shape: shape ?? [],
    // Keras keeps bfloat16 as two bytes without meaning, and says so in an attribute.
    type: typeof marked === 'string' ? marked : isNumber ? `${prefix}${size * 8}` : 'no number',
    valueSize: size,
    // What lies in another file would be read as zeros.
    isElsewhere: (sources ?? []).length > 0,
  };
}

/** @param {string} path @param {{ text: number }} room */
function attributesOf(path, room) {
  const at = path === '' ? '/' : path;
  /** @type {Record<string, string | string[]>} */
  const found = {};
  for (const name of library.get_attribute_names(opened().file_id, at)) {
    if (!readAttributes.test(name)) continue;
    const metadata = library.get_attribute_metadata(opened().file_id, at, name);
    const count = metadata.total_size;
    if (count === 0) found[name] = [];
    if (metadata.type !== library.H5T_class_t.H5T_STRING.value || count === 0) continue;
    if (count > limits.names || metadata.size * count > limits.text)
      throw new Error(`the attribute ${name} of ${at} is beyond all measure`);
    const { value } = new hdf5.Attribute(opened().file_id, at, name);
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    room.text -= texts.reduce((total, text) => total + text.length, 0);
    if (room.text < 0) throw new Error(`its attributes hold more than ${limits.text} characters`);
    found[name] = metadata.shape?.length === 0 ? (texts[0] ?? '') : texts;
  }
  return found;
}

/**
 * The values of a dataset, little-endian, a few rows at a time so that the library's own memory stays small.
 * @param {string} path
 */
function readDataset(path) {
  const dataset = opened().get(path);
  if (!(dataset instanceof hdf5.Dataset)) throw new Error(`${path} is not a dataset`);
  const { size } = dataset.metadata;
  const shape = dataset.metadata.shape ?? [];
  const rows = shape[0] ?? 1;
  const rowBytes = shape.slice(1).reduce((product, length) => product * length, size);
  const bytes = new Uint8Array(rows * rowBytes);
  if (bytes.length === 0) return bytes;
  const rowsAtOnce = Math.max(1, Math.floor(limits.slice / rowBytes));
  const memory = library._malloc(Math.min(rowsAtOnce, rows) * rowBytes);
  if (memory === 0) throw new Error(`a row of ${path} has ${rowBytes} bytes`);
  try {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - row);
      const whole = shape.length === 0;
      const status = library.get_dataset_data(
        opened().file_id,
        path,
        whole ? null : [count, ...shape.slice(1)].map(BigInt),
        whole ? null : [row, ...shape.slice(1).map(() => 0)].map(BigInt),
        whole ? null : shape.map(() => 1n),
        BigInt(memory),
      );
      if (status < 0) throw new Error(`the values of ${path} can't be read`);
      bytes.set(library.HEAPU8.subarray(memory, memory + count * rowBytes), row * rowBytes);
    }
  } finally {
    library._free(memory);
  }
  return bytes;
}
