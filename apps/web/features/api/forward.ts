// Server only.
import { environment } from './environment.ts';

/** Headers that belong to one connection, not to the message, and those that fetch has already acted upon. */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'content-length', 'accept-encoding', 'expect'];
const alreadyDecoded = ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'];

/**
 * Hands a request on to the API under the same path and streams the answer back, so that the browser knows one origin and its cookie
 * stays there. A rewrite in next.config would fix the API's address when the portal is built.
 */
export async function forward(request: Request): Promise<Response> {
  const { pathname, search, host, protocol } = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of hopByHop) headers.delete(name);
  headers.set('x-forwarded-host', request.headers.get('host') ?? host);
  headers.set('x-forwarded-proto', request.headers.get('x-forwarded-proto') ?? protocol.replace(':', ''));

  let answer: Response;
  try {
    answer = await fetch(new URL(pathname + search, environment().apiUrl), {
      method: request.method,
      headers,
      body: request.body,
      redirect: 'manual',
      signal: request.signal,
      ...(request.body ? { duplex: 'half' } : {}),
    });
  } catch (cause) {
    console.error('the API does not answer', cause);
    return Response.json(
      { code: 'UNAVAILABLE', message: 'The API does not answer.', hint: 'It may be starting. Try again in a few seconds.' },
      { status: 502 },
    );
  }
  const answerHeaders = new Headers(answer.headers);
  for (const name of alreadyDecoded) answerHeaders.delete(name);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: answerHeaders });
}
