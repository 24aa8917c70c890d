import net from 'node:net';
import { EspalierError } from '@espalier/core';

/** Whether a server could listen there now. Port 0 asks the system for one that is free. @returns the port, or undefined when it is taken */
function tryPort(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/** The wanted port where it is free, else any free one. `apart` are ports promised to others that do not listen yet. */
export async function freePort(wanted: number, host = '127.0.0.1', apart: ReadonlySet<number> = new Set()): Promise<number> {
  if (wanted !== 0 && !apart.has(wanted)) {
    const port = await tryPort(wanted, host);
    if (port !== undefined) return port;
  }
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await tryPort(0, host);
    if (port !== undefined && !apart.has(port)) return port;
  }
  throw new EspalierError('UNAVAILABLE', `no free TCP port was found on ${host}`, {
    hint: 'Check that this user may open ports there (a sandbox or a firewall may forbid it).',
  });
}

/** Hands out ports, each only once. */
export class PortBook {
  readonly #promised = new Set<number>();

  async take(wanted: number, host?: string): Promise<number> {
    const port = await freePort(wanted, host, this.#promised);
    this.#promised.add(port);
    return port;
  }
}

/** Whether something accepts connections there. */
export function accepts(port: number, host = '127.0.0.1', timeoutMs = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host });
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeoutMs, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
