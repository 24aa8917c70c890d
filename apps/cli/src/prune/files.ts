import path from 'node:path';
import type { NetworkData } from '@espalier/core';
import { diff, diffHtml, type PruningPlan } from '@espalier/network';
import { makeFolder, networkFolder } from '../places.ts';
import { writeAskedFile } from '../write-file.ts';

export interface PruningFiles {
  /** The file or folder of the network. */
  readonly network: string;
  readonly format: string;
  readonly plan: string;
  /** The result as JSON, and as a page that shows the network before and after side by side. */
  readonly report: string;
  readonly page: string;
}

export interface PrunedNetwork {
  /** What the network was called on the command line. */
  readonly named: string;
  readonly original: NetworkData;
  readonly pruned: NetworkData;
  readonly plan: PruningPlan;
  readonly opset?: number;
}

/**
 * Writes a pruned network with its plan and reports. A folder holds all of them; beside a file they bear its name: `small.onnx`,
 * `small.plan.json`, `small.report.json`, `small.report.html`. `report` is given the files and says what goes into the report.
 */
export async function writePruned(
  out: string,
  { named, original, pruned, plan, opset }: PrunedNetwork,
  report: (files: PruningFiles) => object,
): Promise<PruningFiles> {
  const { writeNetworkFile } = await import('@espalier/formats');
  makeFolder(path.dirname(path.resolve(out)), 'out');
  const { format } = await writeNetworkFile(out, pruned, opset === undefined ? {} : { opset });
  const base =
    format === 'tfjs-folder' ? `${path.join(networkFolder(out), '.')}${path.sep}` : `${out.slice(0, -path.extname(out).length)}.`;
  const files = { network: out, format, plan: `${base}plan.json`, report: `${base}report.json`, page: `${base}report.html` };
  await writeAskedFile(files.plan, `${JSON.stringify(plan, null, 1)}\n`);
  await writeAskedFile(files.report, `${JSON.stringify(report(files), null, 1)}\n`);
  const difference = diff(original.topology, pruned.topology);
  await writeAskedFile(files.page, diffHtml(difference, { titles: { before: named, after: out } }));
  return files;
}
