import type { ReactNode } from 'react';
import classes from './panel.module.css';

interface PanelProps {
  title: string;
  /** Stands at the right of the title. */
  aside?: ReactNode;
  /** Smaller print below the title. */
  note?: ReactNode;
  children: ReactNode;
  /** Without inner margins, for tables that reach the edge. */
  flush?: boolean;
}

/** A titled part of a page. */
export function Panel({ title, aside, note, children, flush }: PanelProps) {
  return (
    <section className={classes.panel}>
      <header className={classes.header}>
        <h2 className={classes.title}>{title}</h2>
        {aside}
      </header>
      {note && <p className={classes.note}>{note}</p>}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
