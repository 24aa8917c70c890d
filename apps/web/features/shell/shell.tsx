import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Viewer } from '#features/session/viewer.ts';
import { BrandMark } from './brand-mark.tsx';
import { ColorSchemeMenu } from './color-scheme-menu.tsx';
import { MainNavigation } from './main-navigation.tsx';
import { UserMenu } from './user-menu.tsx';
import classes from './shell.module.css';

/** What surrounds every page of somebody who is signed in. */
export function Shell({ viewer, organizationId, children }: { viewer: Viewer; organizationId: string | null; children: ReactNode }) {
  return (
    <>
      <header className={classes.bar}>
        <a href="#content" className={classes.skip}>
          Skip to content
        </a>
        <div className={classes.inner}>
          <Link href="/runs" className={classes.brand} aria-label="Espalier, to the runs">
            <BrandMark />
            <span className={classes.name}>Espalier</span>
          </Link>
          <MainNavigation />
          <div className={classes.tools}>
            <ColorSchemeMenu />
            <UserMenu viewer={viewer} organizationId={organizationId} />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={classes.main}>
        {children}
      </main>
    </>
  );
}
