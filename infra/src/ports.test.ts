import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { accepts, freePort, PortBook } from './ports.ts';

const open: net.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

function occupy(): Promise<number> {
  const server = net.createServer();
  open.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)));
}

describe('freePort', () => {
  it('gives the wanted port where it is free, and another where it is taken', async () => {
    const wanted = await freePort(0);
    expect(await freePort(wanted)).toBe(wanted);
    const taken = await occupy();
    expect(await freePort(taken)).not.toBe(taken);
  });
});

describe('PortBook', () => {
  it('promises no port twice', async () => {
    const book = new PortBook();
    const wanted = await freePort(0);
    const ports = [await book.take(wanted), await book.take(wanted), await book.take(0), await book.take(0)];
    expect(ports[0]).toBe(wanted);
    expect(new Set(ports).size).toBe(4);
  });
});

describe('accepts', () => {
  it('knows whether somebody listens', async () => {
    expect(await accepts(await occupy())).toBe(true);
    expect(await accepts(await freePort(0))).toBe(false);
  });
});
