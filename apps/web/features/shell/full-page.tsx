import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './full-page.module.css';

interface FullPageProps {
  icon: TablerIcon;
  title: string;
  /** Buttons and links that lead on. */
  actions: ReactNode;
  children: ReactNode;
}

/** A page that has only one thing to say. */
export function FullPage({ icon: Icon, title, actions, children }: FullPageProps) {
  return (
    <div className={classes.page}>
      <Icon size={40} stroke={1.4} aria-hidden className={classes.icon} />
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.text}>{children}</p>
      <div className={classes.actions}>{actions}</div>
    </div>
  );
}
