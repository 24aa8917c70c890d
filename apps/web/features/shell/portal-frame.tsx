// Server only.
import type { ReactNode } from 'react';
import { ApiProvider } from '#features/api/apollo.tsx';
import { environment } from '#features/api/environment.ts';
import { ApiError } from '#features/api/query.ts';
import { currentOrganization, requireViewer } from '#features/session/viewer.ts';
import { Shell } from './shell.tsx';
import { Unavailable } from './unavailable.tsx';

/** Asks who is looking before anything else, so that a missing session or a missing API is said once, for all pages. */
export async function PortalFrame({ children }: { children: ReactNode }) {
  let seen: Awaited<ReturnType<typeof look>>;
  try {
    seen = await look();
  } catch (error) {
    if (error instanceof ApiError && error.code === 'UNAVAILABLE') return <Unavailable />;
    throw error;
  }
  const { apiUrl, publicWsUrl } = environment();
  return (
    <ApiProvider endpoint={{ publicWsUrl, apiPort: new URL(apiUrl).port || null }}>
      <Shell viewer={seen.viewer} organizationId={seen.organization?.id ?? null}>
        {children}
      </Shell>
    </ApiProvider>
  );
}

const look = async () => ({ viewer: await requireViewer(), organization: await currentOrganization() });
