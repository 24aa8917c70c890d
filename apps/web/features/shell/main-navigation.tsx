'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import classes from './shell.module.css';

/** The sections, with the paths that belong to each. */
const sections = [
  { href: '/runs', label: 'Runs', paths: ['/runs'] },
  { href: '/models', label: 'Models', paths: ['/models', '/versions'] },
  { href: '/datasets', label: 'Datasets', paths: ['/datasets'] },
];

export function MainNavigation() {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className={classes.navigation}>
      {sections.map(({ href, label, paths }) => {
        const isHere = paths.some((path) => pathname === path || pathname.startsWith(`${path}/`));
        return (
          <Link key={href} href={href} className={classes.link} aria-current={isHere ? (pathname === href ? 'page' : 'true') : undefined}>
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
