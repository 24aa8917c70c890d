import { dependencyGroups, inspect, readGraph, widthAt } from '@espalier/network';
import { planPruning } from '@espalier/pruning';
import { mask, prune } from '@espalier/surgery';
import { describe, expect, it } from 'vitest';
import { expectSameAnswers } from '../../../test/agreement.ts';
import { newestFixtures, onnxFixture, onnxFixtures } from '../../../test/onnx-fixtures.ts';
import { decodeOnnx } from '../decode.ts';
import { encodeOnnx } from '../encode.ts';

/** Of each network the newest file of each exporter, and of a small one every opset there is. `torchvision.long.test.ts` takes them all. */
const fixtures = onnxFixtures.filter((name) => newestFixtures.includes(name) || name.startsWith('squeezenet'));
/** Cut is one file of each network; fresh weights are cut like others. */
const oneOfEach = [...new Map(newestFixtures.map((name) => [name.split('.')[0], name])).values()].filter(
  (name) => !name.includes('_fresh'),
);

describe('a network that PyTorch exported', () => {
  it.each(fixtures)('%s answers in TensorFlow, and exported again, as its file does in ONNX Runtime', async (name) => {
    const bytes = onnxFixture(name);
    const network = decodeOnnx(bytes);
    await expectSameAnswers(bytes, network, encodeOnnx(network));
  });

  it.each(oneOfEach)('%s is understood whole, and computes at half its widths what it does with the other half silenced', async (name) => {
    const network = decodeOnnx(onnxFixture(name));
    expect(inspect(network.topology).unsupported).toEqual([]);
    const groups = dependencyGroups(readGraph(network.topology)).filter(({ prunable }) => prunable);
    const { plan } = planPruning({
      network,
      networkDigest: '0'.repeat(64),
      method: { name: 'l1', settings: {} },
      target: { measure: 'macs', reductionRatio: 0.1 },
      seed: 1,
      round: 1,
      widths: Object.fromEntries(groups.map((group) => [group.id, widthAt(group, 0.5, {})])),
    });
    const pruned = prune(network, plan);
    await expectSameAnswers(mask(network, plan), pruned, encodeOnnx(pruned));
  });
});
