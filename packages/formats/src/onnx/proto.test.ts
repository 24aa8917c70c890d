import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createGenerator, EspalierError } from '@espalier/core';
import { TopologyBuilder } from '@espalier/network/testing';
import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/random-weights.ts';
import { encodeOnnx } from './encode.ts';
import { decodeModel, encodeModel, onnxType, tensorFloats, tensorNumbers, typeName } from './proto.ts';
import { WireWriter } from './wire-writer.ts';

/** Written by fixtures/onnx-codec/make.py with the onnx package from PyPI, beside the values that it reads. */
const fixture = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, '../../fixtures/onnx-codec', name));

function smallFile(): Uint8Array {
  const net = new TopologyBuilder([6, 6, 3]);
  return encodeOnnx(randomWeights(net.classified(net.convBnRelu(net.input, 4)), 1));
}

/** A model of one float tensor whose message is `tensor`. */
const modelWith = (tensor: WireWriter): Uint8Array =>
  new WireWriter().integer(1, 8).message(7, new WireWriter().message(5, tensor)).finish();

describe('an ONNX file', () => {
  it('holds what the onnx package wrote into it', () => {
    const model = decodeModel(fixture('everything.onnx'));
    expect(model).toMatchObject({ producer: { name: 'make.py', version: '1' }, functions: [] });
    expect(model.opsets.get('')).toBe(21);
    expect(model.graph.inputs).toEqual([{ name: 'x', type: onnxType.float, shape: ['batch', null, 3, 4] }]);
    expect(model.graph.outputs).toEqual([{ name: 'y', type: onnxType.float, shape: null }]);
    expect(model.graph.nodes[0]).toMatchObject({
      name: 'node',
      operator: 'Everything',
      domain: 'test.domain',
      inputs: ['x', '', 'FLOAT_raw'],
      outputs: ['y'],
    });
    const { attributes } = model.graph.nodes[0]!;
    expect(Object.fromEntries(attributes)).toMatchObject({
      a_float: { kind: 'float', value: 0.5 },
      an_integer: { kind: 'integer', value: -(2 ** 62) },
      a_text: { kind: 'text', value: 'SAME_UPPER' },
      a_tensor: { kind: 'tensor', value: { shape: [1], type: onnxType.int64 } },
      some_floats: { kind: 'floats', value: [0.5, -0.25] },
      some_integers: { kind: 'integers', value: [3, -1, 2 ** 40] },
      some_texts: { kind: 'texts', value: ['a', 'b'] },
    });
  });

  it('has tensors of the values that the onnx package reads, of every type, in typed fields and as raw bytes', () => {
    const read = JSON.parse(fixture('everything.json').toString()) as Record<string, number[]>;
    const { initializers } = decodeModel(fixture('everything.onnx')).graph;
    expect(initializers.map(({ name }) => name)).toEqual(Object.keys(read));
    for (const tensor of initializers) {
      expect([tensor.name, tensorNumbers(tensor)]).toEqual([tensor.name, read[tensor.name]]);
      expect(tensorFloats(tensor)).toEqual(Float32Array.from(read[tensor.name]!));
    }
  });

  it('comes back from being written, and its weights are views of the file', () => {
    const bytes = smallFile();
    const model = decodeModel(bytes);
    expect(model.graph.initializers.every(({ raw }) => raw.buffer === bytes.buffer)).toBe(true);
    expect(encodeModel(model)).toEqual(bytes);
    const everything = decodeModel(fixture('everything.onnx'));
    expect(decodeModel(encodeModel(everything))).toEqual(everything);
  });

  it('is refused where a tensor is in another file or sparse, by the tensor’s name', () => {
    expect(() => decodeModel(fixture('external.onnx'))).toThrow('ONNX tensor kernel has its values in another file (external.bin)');
    expect(() => decodeModel(fixture('sparse.onnx'))).toThrow('ONNX tensor thin is sparse');
  });

  it('is refused where values do not fill their shape', () => {
    const tensor = new WireWriter().integer(1, 3).integer(2, onnxType.float).text(8, 'kernel').bytes(9, new Uint8Array(8));
    expect(() => decodeModel(modelWith(tensor))).toThrow('ONNX tensor kernel of float and shape [3] takes 12 bytes, but has 8');
    const endless = new WireWriter().integer(1, -1).integer(2, onnxType.float).text(8, 'kernel');
    expect(() => decodeModel(modelWith(endless))).toThrow('ONNX tensor kernel has the shape [-1]');
    const untyped = new WireWriter().integer(1, 1).text(8, 'kernel');
    expect(() => decodeModel(modelWith(untyped))).toThrow('ONNX tensor kernel has no element type');
  });

  it('may spread a tensor over several fields', () => {
    const halves = [Float32Array.of(1, 2), Float32Array.of(3)].map((half) => new Uint8Array(half.buffer));
    const tensor = new WireWriter().integer(1, 4).integer(2, onnxType.float).text(8, 'kernel');
    for (const half of halves) tensor.bytes(4, half);
    tensor.float(4, 4);
    const [read] = decodeModel(modelWith(tensor)).graph.initializers;
    expect([...tensorFloats(read!)]).toEqual([1, 2, 3, 4]);
  });

  it('has names for types, known and unknown', () => {
    expect([typeName(10), typeName(23)]).toEqual(['float16', 'type 23']);
    expect(() => tensorFloats({ name: 'words', type: onnxType.string, shape: [], raw: new Uint8Array() })).toThrow(
      'ONNX tensor words holds string',
    );
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0)],
    ['a group, which ONNX does not use', Uint8Array.from({ length: 100_000 }, () => 0x0b)],
    ['a number without end', Uint8Array.from({ length: 100 }, () => 0xff)],
    ['a length beyond the file', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a text that is not UTF-8', Uint8Array.of(0x12, 2, 0xc3, 0x28)],
  ])('is no %s', (_, bytes) => {
    expect(() => decodeModel(bytes)).toThrow(expect.objectContaining({ code: 'BAD_ARTIFACT' }));
  });

  it.each([
    ['one of ours', smallFile()],
    ['one of onnx’s', fixture('everything.onnx')],
  ])('cut off or damaged, %s is read or refused, and nothing else', (_, bytes) => {
    const generator = createGenerator(4, 'damage');
    const outcomes = { read: 0, refused: 0 };
    const attempt = (damaged: Uint8Array) => {
      try {
        decodeModel(damaged);
        outcomes.read += 1;
      } catch (error) {
        if (!(error instanceof EspalierError) || error.code !== 'BAD_ARTIFACT') throw error;
        outcomes.refused += 1;
      }
    };
    for (let length = 0; length < bytes.length; length += 1) attempt(bytes.subarray(0, length));
    for (let round = 0; round < 3000; round++) {
      const damaged = Uint8Array.from(bytes);
      for (let count = 1 + generator.integer(4); count > 0; count--) damaged[generator.integer(bytes.length)] = generator.integer(256);
      attempt(damaged);
    }
    expect(outcomes.read).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(1000);
  });
});
