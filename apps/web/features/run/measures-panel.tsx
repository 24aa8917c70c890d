import { IconRulerMeasure } from '@tabler/icons-react';
import type { RunStateFragment } from '#generated/graphql.ts';
import { DataTable, numeric, unseen } from '#features/ui/data-table.tsx';
import { EmptyState } from '#features/ui/empty-state.tsx';
import { formatShare } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import { prepareMeasures } from './prepare-measures.ts';
import { measureName } from './recipe.ts';
import classes from './measures-panel.module.css';

export function MeasuresPanel({ state, isFinal }: { state: RunStateFragment; isFinal: boolean }) {
  const table = prepareMeasures(state);
  return (
    <Panel title="Measured" aside={state.target && <TargetNote target={state.target} />} flush>
      {table ? (
        <>
          <DataTable
            label={table.columns.length > 1 ? 'Before and after' : 'Measured'}
            columns={[unseen('Measure'), ...table.columns.map(numeric)]}
          >
            {table.rows.map(({ label, cells, change, tone }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {cells.map(({ text, detail }, index) => (
                  <td key={table.columns[index]} data-number>
                    {text}
                    {detail && <small className={classes.detail}>{detail}</small>}
                  </td>
                ))}
                {table.columns.length > cells.length && (
                  <td data-number className={classes.change} data-tone={tone}>
                    {change}
                  </td>
                )}
              </tr>
            ))}
          </DataTable>
          <p className={classes.caption}>{table.caption}</p>
        </>
      ) : (
        <EmptyState icon={IconRulerMeasure} title={isFinal ? 'Nothing was measured' : 'Not measured yet'}>
          {isFinal
            ? 'The run ended before it came to measuring.'
            : 'How good it is, parameters, MACs, file size and latency follow the training.'}
        </EmptyState>
      )}
    </Panel>
  );
}

function TargetNote({ target: { measure, askedRatio, reachedRatio } }: { target: NonNullable<RunStateFragment['target']> }) {
  return (
    <span className={classes.target}>
      asked to remove <strong>{formatShare(askedRatio, 1)}</strong> of the {measureName(measure)}, removed{' '}
      <strong>{formatShare(reachedRatio, 1)}</strong>
    </span>
  );
}
