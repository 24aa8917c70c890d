/**
 * Recomputes what the papers print about structure: whole networks, networks pruned at published rates, and the arithmetic of rows without widths.
 *
 *   npm run bench:papers [-- --json] [-- --write]
 *
 * Nothing is trained and no accuracy is claimed. `--write` puts the tables into docs/benchmarks/papers.md.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBenchmark } from '../harness/run.ts';
import { markdownReport } from './report.ts';
import { baselineRows, figureRows, rateRows } from './rows.ts';
import { scoreBaseline, scoreFigures, scoreRates } from './scoreboard.ts';

await runBenchmark((args) => {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  });
  const scores = { baselines: baselineRows.map(scoreBaseline), rates: rateRows.map(scoreRates), figures: figureRows.map(scoreFigures) };
  const report = markdownReport(scores);
  process.stdout.write(values.json ? `${JSON.stringify(scores)}\n` : report);
  if (values.write) writeFileSync(fileURLToPath(new URL('../../docs/benchmarks/papers.md', import.meta.url)), report);
});
