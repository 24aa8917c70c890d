import Link from 'next/link';
import { formatShare } from '#features/ui/format.ts';
import { linkToRun } from '#features/ui/links.ts';
import { ProgressBar, toneOf } from '#features/ui/progress-bar.tsx';
import { StatusBadge } from '#features/ui/status-badge.tsx';
import { Ago } from '#features/ui/time.tsx';
import type { RunListRow } from './prepare-list.ts';
import classes from './run-table.module.css';

/**
 * Roles are written out because the rows become cards on a narrow screen, and a browser forgets that a table is one when its parts are
 * laid out as a grid.
 */
export function RunTable({ rows, nowMs }: { rows: RunListRow[]; nowMs: number }) {
  return (
    <table role="table" className={classes.table} aria-label="Runs, newest first">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">Run</th>
          <th role="columnheader">Status</th>
          <th role="columnheader">Model and data</th>
          <th role="columnheader">Method and target</th>
          <th role="columnheader" data-number>
            Accuracy or mAP
          </th>
          <th role="columnheader" data-number>
            MACs
          </th>
          <th role="columnheader" data-number>
            Started
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <RunTableRow key={row.id} row={row} nowMs={nowMs} />
        ))}
      </tbody>
    </table>
  );
}

function RunTableRow({ row, nowMs }: { row: RunListRow; nowMs: number }) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className={classes.run}>
        <Link href={linkToRun(row.id)} className={classes.title}>
          {row.title}
        </Link>
        <small>{row.kind}</small>
      </th>
      <td role="cell" className={classes.progress}>
        <div className={classes.status}>
          <StatusBadge status={row.status} />
          <span className="soft numbers">{formatShare(row.fraction, 0)}</span>
        </div>
        <ProgressBar fraction={row.fraction} label={`Progress of ${row.title}`} tone={toneOf(row.status)} />
        <small className={classes.activity}>{row.activity}</small>
      </td>
      <td role="cell" data-label="Model and data">
        {row.model}
        <small>{row.dataset}</small>
      </td>
      <td role="cell" data-label="Method and target">
        {row.method}
        <small>{row.target}</small>
      </td>
      <td role="cell" data-number data-label="Accuracy or mAP">
        {row.quality}
        <small>{row.qualityChange ?? '\u00a0'}</small>
      </td>
      <td role="cell" data-number data-label="MACs">
        {row.macsChange}
        <small>{'\u00a0'}</small>
      </td>
      <td role="cell" data-number data-label="Started">
        <Ago at={row.createdAt} nowMs={nowMs} />
        <small>{row.duration}</small>
      </td>
    </tr>
  );
}
