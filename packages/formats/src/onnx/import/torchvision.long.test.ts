import { describe, it } from 'vitest';
import { expectSameAnswers } from '../../../test/agreement.ts';
import { newestFixtures, onnxFixture, onnxFixtures } from '../../../test/onnx-fixtures.ts';
import { decodeOnnx } from '../decode.ts';
import { encodeOnnx } from '../encode.ts';

const others = onnxFixtures.filter((name) => !newestFixtures.includes(name));

describe('a network that PyTorch exported', () => {
  it.each(others)(
    '%s answers in TensorFlow, and exported again, as its file does in ONNX Runtime',
    async (name) => {
      const bytes = onnxFixture(name);
      const network = decodeOnnx(bytes);
      await expectSameAnswers(bytes, network, encodeOnnx(network));
    },
    600_000,
  );
});
