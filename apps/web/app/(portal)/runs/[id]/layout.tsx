import type { ReactNode } from 'react';
import { idOf, requireNode, type IdParams } from '#features/session/require-node.ts';

export default async function Layout({ children, ...props }: IdParams & { children: ReactNode }) {
  await requireNode(await idOf(props), 'Run');
  return children;
}
