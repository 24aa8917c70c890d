'use client';

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './download-button.module.css';

export function DownloadButton({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Button component="a" href={href} download>
      <span className={classes.inside}>{children}</span>
    </Button>
  );
}
