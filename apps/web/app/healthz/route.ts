/** Says that the portal serves; whether the API does is the API's own `/healthz`. */
export const dynamic = 'force-dynamic';
export const GET = () => new Response('ok\n', { headers: { 'content-type': 'text/plain' } });
