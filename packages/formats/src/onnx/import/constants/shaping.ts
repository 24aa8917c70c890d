import { type Constant, constantType, elementCountOf, stridesOf, transposed } from '../constant.ts';
import type { ConstantCall } from './context.ts';

type Evaluate = (call: ConstantCall) => Constant;

/** Reads the attribute in which a Constant node keeps its value. */
const constant: Evaluate = (call) => {
  for (const name of ['value', 'value_float', 'value_int', 'value_floats', 'value_ints']) {
    const attribute = call.node.attributes.get(name);
    if (attribute?.kind === 'tensor') return call.read(attribute.value);
    if (attribute?.kind === 'float') return call.make('float', [], () => attribute.value);
    if (attribute?.kind === 'integer') return call.make('integer', [], () => attribute.value);
    if (attribute?.kind === 'floats') return call.make('float', [attribute.value.length], (index) => attribute.value[index]!);
    if (attribute?.kind === 'integers') return call.make('integer', [attribute.value.length], (index) => attribute.value[index]!);
  }
  throw call.unsupported('is a constant of texts or of a sparse kind', 'Export the network with float32 weights.');
};

const constantOfShape: Evaluate = (call) => {
  const shape = [...call.operand(0).values];
  if (shape.some((size) => !Number.isInteger(size) || size < 0)) throw call.bad(`its shape is [${shape.join(', ')}]`);
  const attribute = call.node.attributes.get('value');
  const filling = attribute?.kind === 'tensor' ? call.read(attribute.value) : null;
  return call.make(filling?.type ?? 'float', shape, () => filling?.values[0] ?? 0);
};

const cast: Evaluate = (call) => {
  const { values, shape } = call.operand(0);
  const type = constantType(call.integer('to', 1));
  if (type === null) throw call.unsupported('casts to texts or complex numbers', 'Export the network with float32 weights.');
  const convert = { float: (x: number) => x, integer: Math.trunc, boolean: (x: number) => Number(x !== 0) }[type];
  return call.make(type, shape, (index) => convert(values[index]!));
};

const shape: Evaluate = (call) => {
  const sizes = call.operand(0).shape.slice(call.integer('start', 0), call.integer('end', call.operand(0).shape.length));
  return call.make('integer', [sizes.length], (index) => sizes[index]!);
};

const gather: Evaluate = (call) => {
  const [source, indices] = [call.operand(0), call.operand(1)];
  const axis = call.axis(call.integer('axis', 0), source.shape.length);
  const size = source.shape[axis]!;
  const inner = elementCountOf(source.shape.slice(axis + 1));
  const count = indices.values.length;
  const chosen = Array.from(indices.values, (index) => (index < 0 ? index + size : index));
  if (chosen.some((index) => !Number.isInteger(index) || index < 0 || index >= size))
    throw call.bad(`gathers ${indices.values.join(', ')} of ${size}`);
  const result = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
  return call.make(source.type, result, (place) => {
    const [outer, within] = [Math.floor(place / (inner * count)), place % inner];
    return source.values[(outer * size + chosen[Math.floor(place / inner) % count]!) * inner + within]!;
  });
};

const concat: Evaluate = (call) => {
  const parts = call.operands.map((_, index) => call.operand(index));
  const [first] = parts;
  if (first === undefined) throw call.bad('joins nothing');
  const axis = call.axis(call.integer('axis', 0), first.shape.length);
  if (
    parts.some(
      ({ shape: other }) =>
        other.length !== first.shape.length || other.some((size, place) => place !== axis && size !== first.shape[place]),
    )
  )
    throw call.bad('joins constants whose shapes do not fit');
  const inner = elementCountOf(first.shape.slice(axis + 1));
  const outer = elementCountOf(first.shape.slice(0, axis));
  const result = [...first.shape];
  result[axis] = parts.reduce((total, part) => total + part.shape[axis]!, 0);
  const values: number[] = [];
  const joined = call.make(first.type, result, () => 0);
  for (let block = 0; block < outer; block++)
    for (const part of parts) {
      const length = part.shape[axis]! * inner;
      for (let index = 0; index < length; index++) values.push(part.values[block * length + index]!);
    }
  joined.values.set(values);
  return joined;
};

const unsqueeze: Evaluate = (call) => {
  const source = call.operand(0);
  const axes = call.integersAt(1, 'axes') ?? [];
  const rank = source.shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  if (added.size !== axes.length || rank > 16) throw call.bad(`adds the axes [${axes.join(', ')}]`);
  const rest = [...source.shape];
  return call.reshaped(
    source,
    Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!)),
  );
};

const squeeze: Evaluate = (call) => {
  const source = call.operand(0);
  const axes = call.integersAt(1, 'axes')?.map((axis) => call.axis(axis, source.shape.length));
  return call.reshaped(
    source,
    source.shape.filter((size, axis) => !(axes === undefined ? size === 1 : axes.includes(axis))),
  );
};

const reshape: Evaluate = (call) => {
  const source = call.operand(0);
  const target = call.integersAt(1, 'shape') ?? [];
  const copies = call.integer('allowzero', 0) === 0;
  const sizes = target.map((size, axis) => (size === 0 && copies ? (source.shape[axis] ?? 0) : size));
  const known = elementCountOf(sizes.filter((size) => size !== -1));
  return call.reshaped(
    source,
    sizes.map((size) => (size === -1 ? source.values.length / known : size)),
  );
};

const transpose: Evaluate = (call) => {
  const source = call.operand(0);
  const rank = source.shape.length;
  const attribute = call.node.attributes.get('perm');
  const order = attribute?.kind === 'integers' ? attribute.value : source.shape.map((_, axis) => rank - 1 - axis);
  if (order.length !== rank || [...order].sort((a, b) => a - b).some((axis, index) => axis !== index))
    throw call.bad(`its perm is [${order.join(', ')}]`);
  const result = order.map((axis) => source.shape[axis]!);
  const moved = transposed(source.values, source.shape, order);
  return call.make(source.type, result, (index) => moved[index]!);
};

/** Slice along any axes, in any steps. */
const slice: Evaluate = (call) => {
  let result = call.operand(0);
  const starts = call.integersAt(1, 'starts') ?? [];
  const ends = call.integersAt(2, 'ends') ?? [];
  const axes = call.integersAt(3, 'axes') ?? starts.map((_, axis) => axis);
  const steps = call.integersAt(4, 'steps') ?? starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    throw call.bad('its starts, ends, axes and steps are not equally many');
  axes.forEach((given, index) => {
    const axis = call.axis(given, result.shape.length);
    const size = result.shape[axis]!;
    const step = steps[index]!;
    if (!Number.isInteger(step) || step === 0) throw call.bad(`its step is ${step}`);
    const clamp = (place: number, low: number, high: number) => Math.min(Math.max(place < 0 ? place + size : place, low), high);
    const first = clamp(starts[index]!, 0, step > 0 ? size : size - 1);
    const last = clamp(ends[index]!, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    const count = Math.max(0, Math.ceil((last - first) / step));
    const strides = stridesOf(result.shape);
    const shapeAfter = result.shape.map((other, place) => (place === axis ? count : other));
    const [source, inner] = [result, strides[axis]!];
    result = call.make(source.type, shapeAfter, (place) => {
      const outer = Math.floor(place / (inner * count));
      return source.values[outer * inner * size + (first + (Math.floor(place / inner) % count) * step) * inner + (place % inner)]!;
    });
  });
  return result;
};

const range: Evaluate = (call) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => call.operand(index).values[0] ?? NaN) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(count)) throw call.bad(`ranges from ${start} to ${limit} in steps of ${delta}`);
  return call.make(call.operand(0).type, [count], (index) => start + index * delta);
};

export const shapingEvaluations: Readonly<Record<string, Evaluate>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Identity: (call) => call.operand(0),
  Cast: cast,
  Shape: shape,
  Size: (call) => call.make('integer', [], () => call.operand(0).values.length),
  Gather: gather,
  Concat: concat,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Reshape: reshape,
  Transpose: transpose,
  Slice: slice,
  Range: range,
};
