import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Names and their values, one below the other. */
export function Facts({ facts }: { facts: { label: string; value: ReactNode }[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ label, value }) => (
        <div key={label} className={classes.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Figures that matter most, side by side. */
export function Figures({ figures }: { figures: { label: string; value: ReactNode; detail?: ReactNode }[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value, detail }) => (
        <div key={label} className={classes.figure}>
          <dt>{label}</dt>
          <dd>
            <span className={classes.value}>{value}</span>
            <span className={classes.detail}>{detail ?? '\u00a0'}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
