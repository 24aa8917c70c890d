import { IconCut } from '@tabler/icons-react';
import type { RunStateFragment } from '#generated/graphql.ts';
import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { EmptyState } from '#features/ui/empty-state.tsx';
import { formatCount } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import { prepareWidths, totalWidth, type WidthRow } from './prepare-widths.ts';
import classes from './widths-panel.module.css';

/** One table that is also the chart: each row has its pair of bars. */
export function WidthsPanel({ widths, isFinal }: { widths: RunStateFragment['widths']; isFinal: boolean }) {
  const total = totalWidth(widths);
  return (
    <Panel
      title="Widths"
      note={
        widths.length > 0 && `Output channels of each layer, ${formatCount(total.before)} before and ${formatCount(total.after)} after.`
      }
      flush
    >
      {widths.length === 0 ? (
        <EmptyState icon={IconCut} title={isFinal ? 'Nothing was cut' : 'Nothing cut yet'}>
          {isFinal ? 'The run ended before pruning.' : 'The widths of the layers appear when the first pruning has ended.'}
        </EmptyState>
      ) : (
        <DataTable
          label="Widths of the layers before and after pruning"
          columns={['Layer', { title: <Legend />, key: 'bars' }, numeric('Before'), numeric('After'), numeric('Change')]}
          rowsClass={classes.rows}
        >
          {prepareWidths(widths).map((row) => (
            <WidthTableRow key={row.layer} row={row} />
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function WidthTableRow({ row }: { row: WidthRow }) {
  return (
    <tr>
      <th scope="row" title={row.group ? `${row.type}, cut together with group ${row.group}` : row.type}>
        <span className={classes.layer}>{row.layer}</span>
      </th>
      <td className={classes.bars}>
        <div className={classes.before} style={{ width: `${row.beforeShare * 100}%` }} />
        <div className={classes.after} style={{ width: `${row.afterShare * 100}%` }} />
      </td>
      <td data-number>{row.before}</td>
      <td data-number>{row.after}</td>
      <td data-number className={row.before === row.after ? 'soft' : undefined}>
        {row.change}
      </td>
    </tr>
  );
}

function Legend() {
  return (
    <>
      <span className="visually-hidden">Bars</span>
      <span className={classes.legend} aria-hidden>
        <i className={classes.before} /> before <i className={classes.after} /> after
      </span>
    </>
  );
}
