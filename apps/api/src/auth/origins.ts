const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The origins whose pages may act with a user's cookie: the portal's, and on a laptop the other names of the same place, since nobody tells
 * `localhost` from `127.0.0.1`.
 */
export function trustedOrigins(portalUrl: string): string[] {
  const { protocol, hostname, port, origin } = new URL(portalUrl);
  if (!loopback.includes(hostname)) return [origin];
  return loopback.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`);
}

/** Whether a request with this `Origin` header may use a cookie. Programs other than browsers send none, and no cookie of a browser either. */
export const isTrustedOrigin = (origins: readonly string[], origin: string | undefined): boolean =>
  origin === undefined || origins.includes(origin);
