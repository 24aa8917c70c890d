import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { forward } from './forward.ts';

let api: Server;

beforeAll(async () => {
  api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/download/zipped') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a network'));
      return;
    }
    response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['session=1; HttpOnly', 'cache=2'] });
    response.end(
      JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() }),
    );
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  vi.stubEnv('ESPALIER_API_URL', `http://127.0.0.1:${(api.address() as AddressInfo).port}`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  api.close();
});

describe('what the portal forwards', () => {
  const request = () =>
    new Request('http://portal.example/api/auth/sign-in/email?a=1', {
      method: 'POST',
      headers: { host: 'portal.example', origin: 'http://portal.example', cookie: 'session=0' },
      body: '{"email":"a@b.c"}',
    });

  it('reaches the API under the same path, with body, cookie and the origin that it judges by', async () => {
    const seen = await (await forward(request())).json();
    expect(seen).toMatchObject({ method: 'POST', url: '/api/auth/sign-in/email?a=1', body: '{"email":"a@b.c"}' });
    expect(seen.headers).toMatchObject({
      cookie: 'session=0',
      origin: 'http://portal.example',
      'x-forwarded-host': 'portal.example',
      'x-forwarded-proto': 'http',
    });
  });

  it('comes back with its status and every cookie', async () => {
    const answer = await forward(request());
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toEqual(['session=1; HttpOnly', 'cache=2']);
  });

  it('does not claim a compression that has been undone on the way', async () => {
    const answer = await forward(new Request('http://portal.example/download/zipped'));
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toBe('a network');
  });

  it('says in a typed answer that the API is not there', async () => {
    vi.stubEnv('ESPALIER_API_URL', 'http://127.0.0.1:1');
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const answer = await forward(request());
    expect([answer.status, (await answer.json()).code]).toEqual([502, 'UNAVAILABLE']);
  });
});
