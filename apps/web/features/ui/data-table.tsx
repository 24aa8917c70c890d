import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column {
  /** Different for every column. */
  key: string;
  title: ReactNode;
  /** Set right, as its cells are by `data-number`. */
  isNumeric?: boolean;
  /** As in CSS; left out: what the cells need. */
  width?: string;
}

/** A column of numbers. */
export const numeric = (title: string): Column => ({ key: title, title, isNumeric: true });

/** A column whose title is only read out: its cells show what they are. */
export const unseen = (title: string): Column => ({ key: title, title: <span className="visually-hidden">{title}</span> });

interface DataTableProps {
  /** Read out to those who cannot see the heading above. */
  label: string;
  columns: readonly (string | Column)[];
  rowsClass?: string | undefined;
  /** The rows, each beginning with a heading of its own. */
  children: ReactNode;
}

/** A table that scrolls sideways on its own where it does not fit, by keyboard as well. Cells with `data-number` are set right. */
export function DataTable({ label, columns, rowsClass, children }: DataTableProps) {
  return (
    // A region that scrolls must be reachable without a mouse.
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map(asColumn).map(({ key, title, isNumeric, width }) => (
              <th key={key} scope="col" data-number={isNumeric} style={{ width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={rowsClass}>{children}</tbody>
      </table>
    </div>
  );
}

const asColumn = (column: string | Column): Column => (typeof column === 'string' ? { key: column, title: column } : column);
