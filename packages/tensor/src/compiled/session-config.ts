import process from 'node:process';
import protobuf from 'protobufjs/light.js';
import { type Acceleration } from '../backend/acceleration.ts';

/** A switch of TensorFlow's graph optimizer (`RewriterConfig.Toggle`). */
const ON = 1;
const OFF = 2;

/** The part of TensorFlow's config.proto and rewriter_config.proto that is written. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Rewriter: {
      fields: {
        constantFolding: { type: 'int32', id: 3 },
        arithmeticOptimization: { type: 'int32', id: 7 },
        autoMixedPrecision: { type: 'int32', id: 23 },
        autoMixedPrecisionOnednnBfloat16: { type: 'int32', id: 25 },
      },
    },
    GraphOptions: { fields: { rewriteOptions: { type: 'Rewriter', id: 10 } } },
    Config: { fields: { graphOptions: { type: 'GraphOptions', id: 10 } } },
  },
});

/**
 * A serialized ConfigProto. Arithmetic stays as it was recorded: TensorFlow would else multiply by reciprocals and add in another order, and a step would
 * not be what it is operation by operation, bit for bit. (Long sums would also become several passes through memory.) Fusing operations stays on.
 */
export function sessionConfig({ precision }: Pick<Acceleration, 'precision'>): Uint8Array {
  const exact = { constantFolding: OFF, arithmeticOptimization: OFF };
  const mixed = {
    float32: {},
    bfloat16: { autoMixedPrecisionOnednnBfloat16: ON },
    float16: { autoMixedPrecision: ON },
  }[precision];
  return schema
    .lookupType('Config')
    .encode({ graphOptions: { rewriteOptions: { ...exact, ...mixed } } })
    .finish();
}

/** The variable in which the binding finds the configuration of a session that it makes (`graph-options.h` of the setup): it has no argument for it. */
const VARIABLE = 'ESPALIER_SESSION_CONFIG';

/** Does `load` with `config` for the sessions that it makes. */
export function withSessionConfig<Result>(config: Uint8Array, load: () => Result): Result {
  process.env[VARIABLE] = Buffer.from(config).toString('hex');
  try {
    return load();
  } finally {
    Reflect.deleteProperty(process.env, VARIABLE);
  }
}
