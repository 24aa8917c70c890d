import { NextResponse, type NextRequest } from 'next/server';

/** Tells the pages their own address, so that whoever must sign in first comes back to where they wanted to go. */
export function proxy(request: NextRequest) {
  const headers = new Headers(request.headers);
  headers.set('x-espalier-path', request.nextUrl.pathname + request.nextUrl.search);
  return NextResponse.next({ request: { headers } });
}

export const config = { matcher: ['/((?!_next/|api/|graphql|download/|healthz).*)'] };
