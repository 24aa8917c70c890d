import type { ReactNode } from 'react';
import { PortalFrame } from '#features/shell/portal-frame.tsx';

/** Everything in here is drawn for whoever asks, with their cookie: nothing of it can be drawn ahead. */
export const dynamic = 'force-dynamic';

export default function PortalLayout({ children }: { children: ReactNode }) {
  return <PortalFrame>{children}</PortalFrame>;
}
