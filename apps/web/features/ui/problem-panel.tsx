import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './problem-panel.module.css';

interface ProblemPanelProps {
  message: string;
  /** The way out. */
  hint?: string | null;
  /** Stable name of the error, for whoever searches for it. */
  code?: string;
  children?: ReactNode;
}

export function ProblemPanel({ message, hint, code, children }: ProblemPanelProps) {
  return (
    <div role="alert" className={classes.panel}>
      <IconAlertTriangle size={20} aria-hidden className={classes.icon} />
      <div>
        <p className={classes.message}>{message}</p>
        {hint && <p className={classes.hint}>{hint}</p>}
        {code && <p className={classes.code}>{code}</p>}
        {children}
      </div>
    </div>
  );
}
