import Link from 'next/link';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  title: ReactNode;
  /** The pages above this one, outermost first. */
  trail?: { href: string; label: string }[];
  status?: ReactNode;
  /** One line below the title. */
  children?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, trail, status, children, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      {trail && (
        <nav aria-label="Breadcrumb" className={classes.trail}>
          {trail.map(({ href, label }) => (
            <span key={href} className={classes.step}>
              <Link href={href}>{label}</Link>
              <IconChevronRight size={14} aria-hidden />
            </span>
          ))}
        </nav>
      )}
      <div className={classes.row}>
        <div className={classes.heading}>
          <h1 className={classes.title}>{title}</h1>
          {status}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children && <div className={classes.below}>{children}</div>}
    </header>
  );
}
