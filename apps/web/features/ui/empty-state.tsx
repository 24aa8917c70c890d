import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

/** Says that there is nothing yet, and how to begin. */
export function EmptyState({ icon: Icon, title, children }: { icon: TablerIcon; title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Icon size={30} stroke={1.5} aria-hidden className={classes.icon} />
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
    </div>
  );
}
