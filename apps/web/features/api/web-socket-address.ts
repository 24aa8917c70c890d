/** What a page needs to know to find the API's WebSocket. */
export interface LiveEndpoint {
  publicWsUrl: string | undefined;
  /** The API's port, null when its URL names none. */
  apiPort: string | null;
}

/** The address named by the operator, else the API's port on the host that the page itself came from. */
export function webSocketAddress({ publicWsUrl, apiPort }: LiveEndpoint, page: { protocol: string; hostname: string }): string {
  if (publicWsUrl) return publicWsUrl;
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${page.hostname}${apiPort ? `:${apiPort}` : ''}/graphql`;
}
