'use client';

import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect } from 'react';
import { FullPage } from './full-page.tsx';
import { LinkButton } from './link-button.tsx';

export interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

export function ErrorPage({ error, reset }: ErrorPageProps) {
  useEffect(() => console.error(error), [error]);
  return (
    <FullPage
      icon={IconAlertTriangle}
      title="This page could not be drawn"
      actions={
        <>
          <Button onClick={reset}>Try again</Button>
          <LinkButton href="/runs" variant="default">
            To the runs
          </LinkButton>
        </>
      }
    >
      Something went wrong that is not your doing. Try again; if it stays, the portal’s log says more
      {error.digest ? ` under the number ${error.digest}` : ''}.
    </FullPage>
  );
}
