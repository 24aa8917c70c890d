import type { ReactNode } from 'react';
import classes from './data-table.module.css';

interface DataTableProps {
  /** Read out to those who cannot see the heading above. */
  label: string;
  children: ReactNode;
}

/** A table that scrolls sideways on its own where it does not fit, by keyboard as well. Cells with `data-number` are set right. */
export function DataTable({ label, children }: DataTableProps) {
  return (
    // A region that scrolls must be reachable without a mouse.
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table}>
        <caption className="visually-hidden">{label}</caption>
        {children}
      </table>
    </div>
  );
}
