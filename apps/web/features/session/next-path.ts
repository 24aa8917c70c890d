/** Where to go after signing in: a path of this portal, never an address elsewhere. */
export function safeNextPath(next: string | undefined): string {
  if (!next?.startsWith('/')) return '/';
  const here = 'http://portal.invalid';
  const resolved = new URL(next, here);
  return resolved.origin === here ? resolved.pathname + resolved.search : '/';
}
